import { describe, expect, it } from 'vitest';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { aChat as chat, dataOf, eva, visitor } from './a-chat.ts';
import { conversations } from './conversations-app.ts';

const anApp = conversations();
const aChat = () => chat(anApp());

describe('a participant', () => {
  it('reads and changes their own conversation', async () => {
    const { ask, base, post } = await aChat();

    expect((await ask('GET', `${base}/messages`, visitor)).status).toBe(200);
    expect((await post('close', visitor)).status).toBe(200);
  });

  it('finds no conversation of another one, as if it were not there', async () => {
    const { ask, base, post, told: toldIn } = await aChat();
    const other = { ...visitor, principal: 'visitor:p2' };

    for (const answer of [
      await ask('GET', `${base}/messages`, other),
      await post('close', other),
      await post('handover', other),
      await ask('GET', `${base}0/messages`, visitor),
    ]) {
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ detail: 'There is no such conversation.' });
    }
    expect(await toldIn()).toEqual(['m1']);
  });

  it('has no part in what people of the company do', async () => {
    const { ask, base, post, write } = await aChat();

    const answers = [
      await ask('GET', '/conversations', visitor),
      await ask('GET', base, visitor),
      await post('takeover', visitor),
      await post('handback', visitor),
      await write({ text: 'Hello' }, visitor),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('does not learn by which key a person writes, nor who has the conversation', async () => {
    const { ask, base, write, post } = await aChat();
    await write({ text: 'Hello', name: 'Eva' }, eva);

    const { messages } = await dataOf<{ messages: Message[] }>(
      await ask('GET', `${base}/messages`, visitor),
    );
    const asked = await post('handover', visitor);

    expect(messages.map(({ author }) => author)).toEqual([
      { id: 'visitor:p1' },
      { id: 'person', name: 'Eva' },
      { id: 'person', name: 'Eva' },
    ]);
    expect(await asked.text()).not.toContain('key:eva');
  });
});
