import { describe, expect, it } from 'vitest';
import { noThread } from '../../lambdas/whatsapp-replies/work/ports.ts';
import { anInput, aPart } from '../whatsapp-replies/vendors/a-turn.ts';
import { days } from './clock.ts';
import {
  type OpenedFields,
  type OpenedStore,
  openedBy,
  turnsContract,
} from './reply-turns-contract.ts';

/** What every conversation store promises. */
export function conversationStoreContract(open: () => OpenedStore): void {
  const opened = (fields: OpenedFields = {}) => openedBy(open, fields);

  turnsContract(open);

  describe('the summary of a conversation', () => {
    it('counts each turn’s messages once, and has the newest words', async () => {
      const { store, first, turn } = opened({ messages: 2, parts: [aPart()], last_item_id: 'i1' });

      await store.recordReply(first);
      await store.recordReply(first);
      expect(await store.conversation(first)).toMatchObject({
        message_count: 2,
        last_user_message: 'Message 1\nMessage 2',
        last_ai_response: 'It is on its way.',
        last_message_sid: 'SMreply1',
        last_item_id: 'i1',
      });
      await store.recordReply(turn({ turn_id: 'SM3', inputs: [anInput()], parts: [] }));

      expect(await store.conversation(first)).toMatchObject({
        message_count: 3,
        last_turn_id: 'SM3',
        last_message_sid: 'SMreply1',
      });
    });

    it('remembers the thread, and forgets how far and how much of the last one was read', async () => {
      const { store, first } = opened({ last_item_id: 'item_1', thread_tokens: 60_000 });
      expect(await store.conversation(first)).toBeUndefined();
      await store.recordReply(first);

      for (const threadId of ['conv_2', noThread]) {
        await store.rememberThread(first, threadId);

        const { last_item_id, thread_tokens, ...after } = (await store.conversation(first)) ?? {};
        expect(after).toMatchObject({ thread_id: threadId, message_count: 1 });
        expect([last_item_id, thread_tokens]).toEqual([undefined, undefined]);
      }
    });
  });

  describe('the history of a conversation', () => {
    const second = (n: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, n)).toISOString();

    /** Questions, each with its answer a second later. */
    async function exchanged(exchanges: number) {
      const { store, turn } = opened();
      const exchange = (n: number) =>
        turn({
          turn_id: `SM${n}`,
          inputs: [anInput({ message_sid: `SM${n}`, text: `Q${n}`, received_at: second(2 * n) })],
          parts: [
            aPart({
              body: `A${n}`,
              message_key: `${second(2 * n + 1)}#SM${n}.1`,
              message_sid: `SMa${n}`,
            }),
          ],
        });
      for (let n = 0; n < exchanges; n++) {
        const { turn: begun } = await store.recordInputs(exchange(n));
        for (const part of begun.parts) await store.appendPart(begun, part);
        await store.recordReply(begun);
      }
      return { store, exchange };
    }

    it('is told oldest first, with who said it, without the turn that it is told for', async () => {
      const { store, exchange } = await exchanged(3);

      expect(await store.history(exchange(2), 20)).toEqual([
        { role: 'user', content: 'Q0' },
        { role: 'assistant', content: 'A0' },
        { role: 'user', content: 'Q1' },
        { role: 'assistant', content: 'A1' },
      ]);
      expect(await store.history(exchange(0), 20)).toHaveLength(4);
    });

    it.each([1, 2, 3, 4, 5, 6, 7])('has the newest up to its limit of %i', async (limit) => {
      const { store, exchange } = await exchanged(4);

      const history = await store.history(exchange(3), limit);

      const all = ['Q0', 'A0', 'Q1', 'A1', 'Q2', 'A2'];
      expect(history.map(({ content }) => content)).toEqual(all.slice(-limit));
    });

    it('says in brackets what came with a message', async () => {
      const { store, exchange } = await exchanged(0);
      const image = { url: 'https://m.example', content_type: 'image/png' };
      const input = anInput({ text: 'This one', images: [image], unreadable: ['videos'] });
      await store.recordInputs({ ...exchange(0), inputs: [{ ...input, message_sid: 'SM9' }] });

      const [message] = await store.history(exchange(1), 20);

      expect(message?.content).toBe('This one\n[1 picture]\n[Could not be read: videos]');
    });

    it('passes over what has no words', async () => {
      const { store, exchange } = await exchanged(1);
      await store.recordInputs({ ...exchange(1), inputs: [anInput({ text: '' })] });

      expect(await store.history(exchange(2), 20)).toHaveLength(2);
    });

    it('has a message by its SID', async () => {
      const { store, exchange } = await exchanged(2);

      expect(await store.messageBySid(exchange(2), 'SM1')).toEqual({ role: 'user', content: 'Q1' });
      expect(await store.messageBySid(exchange(2), 'SMa0')).toEqual({
        role: 'assistant',
        content: 'A0',
      });
      expect(await store.messageBySid(exchange(2), 'SMnone')).toBeUndefined();
    });
  });

  describe('the SIDs of a conversation', () => {
    const own = '2026-11-21T10:00:02.000Z#SM9.1';

    it('are known of a part once the callback has come', async () => {
      const { store, first, report } = opened();

      expect(await store.reportedSid(first, own)).toBeUndefined();
      await report(own, 'SMown');

      expect(await store.reportedSid(first, own)).toBe('SMown');
    });

    it('are those of the last hour’s turns and callbacks, except one part', async () => {
      const { store, first, report, clock } = opened({ parts: [aPart({ message_sid: 'SMsent' })] });
      await store.createTurn(first);
      await store.recordInputs(first);
      await report('k5', 'SMcalled');
      await report(own, 'SMown');
      const sids = () => store.otherSids(first, own, clock.now());

      expect([...(await sids())].toSorted()).toEqual(['SMcalled', 'SMsent']);
      clock.pass(days(1));
      expect(await sids()).toEqual(new Set());
    });
  });

  describe('an opt-out', () => {
    it('is the customer’s own', async () => {
      const { store, first, optOut } = opened();
      await optOut(first);

      expect(await store.hasOptedOut(first)).toBe(true);
      expect(await store.hasOptedOut({ ...first, customer: 'whatsapp:+1555' })).toBe(false);
    });
  });
}
