import { describe, expect, it } from 'vitest';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { atEachCrashPoint } from '../support/crash.ts';
import { conversations } from './conversations-app.ts';
import { aMessage } from './stores/handling-contract.ts';

const anApp = conversations();

async function aConversation(channel: 'webchat' | 'whatsapp') {
  const ask = anApp();
  const key = { tenant_id: ask.tenant, conversation_id: `c-${ask.tenant}` };
  await ask.log.open({ ...key, channel, participant_id: 'p1' });
  await ask.log.append(key, [aMessage('m1')], { after: 0 });
  return { ask, key };
}

describe.each(['webchat', 'whatsapp'] as const)(
  'a person’s message on %s, whose request dies',
  (channel) => {
    it('is written once, published and handed to its channel, when it is sent again with its key', async () => {
      const calls = await atEachCrashPoint(async (process) => {
        const { ask, key } = await aConversation(channel);
        const path = `/v1/conversations/${key.conversation_id}/messages`;
        const request = {
          body: { text: 'Hello' },
          headers: { 'Idempotency-Key': 'k1' },
          principal: 'key:eva',
        };
        await ask.askBy(process)('POST', path, request);
        // What is in the conversation is on its way, though nobody may ask again.
        const isWritten = (await ask.log.messages(key, { after: 0, limit: 100 })).some(
          ({ role }) => role === 'person',
        );
        if (isWritten && channel === 'whatsapp') expect(ask.sent).toHaveLength(1);
        await ask.log.append(key, [aMessage('m2')], { after: 1 });

        const answer = await ask('POST', path, request);

        expect([200, 201]).toContain(answer.status);
        const { data } = (await answer.json()) as { data: Message };
        const messages = await ask.log.messages(key, { after: 0, limit: 100 });
        expect(messages.filter(({ role }) => role === 'person')).toEqual([data]);
        expect(messages.filter(({ event }) => event === 'taken_over')).toHaveLength(1);
        expect(await ask.log.find(key)).toMatchObject({ handling: 'person', assignee: 'key:eva' });
        const types = new Set(ask.events.map(({ type }) => type));
        expect([...types].sort()).toEqual(['conversation.taken_over', 'message.sent']);
        const ids = new Set(ask.sent.map(({ message_id }) => message_id));
        expect([...ids]).toEqual(channel === 'whatsapp' ? [data.message_id] : []);
      });

      expect(calls).toBeGreaterThan(10);
    });
  },
);

describe('a takeover whose request dies', () => {
  it('is recorded once and published when it is asked for again', async () => {
    await atEachCrashPoint(async (process) => {
      const { ask, key } = await aConversation('webchat');
      const path = `/conversations/${key.conversation_id}/takeover`;
      await ask.askBy(process)('POST', path, { principal: 'key:eva' });

      const answer = await ask('POST', path, { principal: 'key:eva' });

      expect(answer.status).toBe(200);
      const messages = await ask.log.messages(key, { after: 0, limit: 100 });
      expect(messages.map(({ event }) => event)).toEqual([undefined, 'taken_over']);
      expect(new Set(ask.events.map(({ id }) => id)).size).toBe(1);
    });
  });
});
