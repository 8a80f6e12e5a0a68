import { describe, expect, it } from 'vitest';
import type { ConversationKey, Handling } from '../../../lambdas/conversations/conversation.ts';
import type { ConversationLog, NewMessage } from '../../../lambdas/conversations/ports.ts';

export const aMessage = (message_id: string, given: Partial<NewMessage> = {}): NewMessage => ({
  message_id,
  role: 'user',
  text: `Text of ${message_id}`,
  author: { id: 'visitor:p1' },
  ...given,
});

const anAnswer = (message_id: string) =>
  aMessage(message_id, { role: 'assistant', author: { id: 'agent:default' } });

/** What is in the log, in its order: the ids of messages, the names of events. */
export async function told(log: ConversationLog, key: ConversationKey): Promise<string[]> {
  const messages = await log.messages(key, { after: 0, limit: 1_000 });
  return messages.map(({ message_id, event }) => event ?? message_id);
}

/** What every log of conversations promises of who answers. */
export function handlingContract(
  opened: () => Promise<{ log: ConversationLog; key: ConversationKey }>,
): void {
  const agent = 'key:agent-1';

  /** A conversation that is handled so, with one message of its customer. */
  async function handled(handling: Handling) {
    const { log, key } = await opened();
    await log.append(key, [aMessage('m1')], { after: 0 });
    if (handling !== 'automatic') await log.setHandling(key, { handling, by: agent });
    const state = async () => {
      const { status, handling: now, assignee } = (await log.find(key)) ?? {};
      return [status, now, assignee];
    };
    const set = (to: Handling, by = agent) => log.setHandling(key, { handling: to, by });
    return { log, key, state, set };
  }

  describe('who answers', () => {
    it('is changed and recorded by who has done it', async () => {
      const { log, key } = await handled('automatic');

      const taken = await log.setHandling(key, { handling: 'person', by: agent, name: 'Eva' });

      expect(taken).toMatchObject({ handling: 'person', assignee: agent, last_sequence: 2 });
      expect(await log.find(key)).toEqual(taken);
      expect(await log.latest(key, 1)).toMatchObject([
        { role: 'system', event: 'taken_over', author: { id: agent, name: 'Eva' }, sequence: 2 },
      ]);
    });

    it('stays as it is where somebody has written since it was decided', async () => {
      const { log, key, state } = await handled('person');
      const before = await log.find(key);
      const person = { role: 'person', author: { id: agent } } as const;
      await log.append(key, [aMessage('m2', person)], { after: 0 });
      const back = { handling: 'automatic', by: 'agent:handover' } as const;

      await log.setHandling(key, { ...back, ifLast: before?.last_sequence ?? 0 });

      expect(await state()).toEqual(['active', 'person', agent]);
      await log.setHandling(key, { ...back, ifLast: 3 });
      expect(await state()).toEqual(['active', 'automatic', null]);
    });

    it('stays as it is where it is so already, and nothing is recorded', async () => {
      for (const handling of ['automatic', 'waiting', 'person'] as const) {
        const { log, key, set } = await handled(handling);
        const before = await log.find(key);

        expect(await set(handling)).toEqual(before);
        expect(await told(log, key)).toHaveLength(handling === 'automatic' ? 1 : 2);
      }
    });

    it('is a person who takes it, from a colleague too, until they give it back', async () => {
      const { log, key, state, set } = await handled('waiting');

      await set('person');
      expect(await state()).toEqual(['active', 'person', agent]);
      await set('person', 'key:agent-2');
      expect(await state()).toEqual(['active', 'person', 'key:agent-2']);
      await set('automatic', 'key:agent-2');
      expect(await state()).toEqual(['active', 'automatic', null]);

      const events = ['person_requested', 'taken_over', 'taken_over', 'handed_back'];
      expect(await told(log, key)).toEqual(['m1', ...events]);
    });

    it('stays the person who has it when the customer asks for one, unless this person gives it away', async () => {
      const { log, key, state, set } = await handled('person');

      await set('waiting', 'visitor:p1');
      expect(await state()).toEqual(['active', 'person', agent]);
      await set('waiting');

      expect(await state()).toEqual(['active', 'waiting', null]);
      expect(await told(log, key)).toEqual(['m1', 'taken_over', 'person_requested']);
    });
  });

  describe('a conversation that is closed', () => {
    it('is nobody’s, and is closed once', async () => {
      const { log, key, state } = await handled('person');

      await log.close(key, agent);
      await log.close(key, 'visitor:p1');

      expect(await state()).toEqual(['closed', 'automatic', null]);
      expect(await told(log, key)).toEqual(['m1', 'taken_over', 'closed']);
    });

    it('is active again with the customer’s next message, and not with an answer', async () => {
      const { log, key, state } = await handled('automatic');
      await log.close(key, agent);

      await log.append(key, [anAnswer('a1')], { after: 1, automatic: true });
      expect(await state()).toEqual(['closed', 'automatic', null]);
      await log.append(key, [aMessage('m2')], { after: 2 });

      expect(await state()).toEqual(['active', 'automatic', null]);
    });

    it('is active again when a person is asked for, or takes it', async () => {
      for (const handling of ['waiting', 'person'] as const) {
        const { log, key, state, set } = await handled('automatic');
        await log.close(key, agent);

        await set(handling);

        expect((await state()).slice(0, 2)).toEqual(['active', handling]);
      }
    });
  });

  describe('an automatic answer', () => {
    it('is withheld while a person is waited for or has the conversation', async () => {
      for (const handling of ['waiting', 'person'] as const) {
        const { log, key } = await handled(handling);

        const answered = await log.append(key, [anAnswer('a1')], { after: 1, automatic: true });

        expect(answered).toEqual({ kind: 'withheld', handling });
        expect(await log.messageById(key, 'a1')).toBeUndefined();
      }
    });

    it('that was written before the takeover is written, however often it is tried', async () => {
      const { log, key, set } = await handled('automatic');
      await log.append(key, [anAnswer('a1')], { after: 1, automatic: true });
      await set('person');

      const again = await log.append(key, [anAnswer('a1')], { after: 1, automatic: true });

      expect(again).toMatchObject({ kind: 'appended', messages: [{ sequence: 2 }] });
      expect(await told(log, key)).toEqual(['m1', 'a1', 'taken_over']);
    });

    it('is written again once the conversation is handed back', async () => {
      const { log, key, set } = await handled('person');
      await set('automatic');

      const answered = await log.append(key, [anAnswer('a1')], { after: 1, automatic: true });

      expect(answered.kind).toBe('appended');
    });

    it('is the only thing that is withheld: a person and the customer write at any time', async () => {
      const { log, key } = await handled('person');
      const byPerson = aMessage('p1', { role: 'person', author: { id: agent } });

      await log.append(key, [byPerson, aMessage('m2')], { after: 1 });

      expect(await told(log, key)).toEqual(['m1', 'taken_over', 'p1', 'm2']);
    });
  });
}
