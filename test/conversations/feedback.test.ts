import { describe, expect, it } from 'vitest';
import type { Role } from '../../lambdas/tenancy/scopes.ts';
import type { Calling } from '../support/calling.ts';
import { conversations, faultsOf } from './conversations-app.ts';

const asking = conversations();
type Ask = ReturnType<typeof asking>;

/** A conversation of a visitor in which an agent has answered, and who asks in it. */
async function aConversation(ask: Ask, participant = 'p-1') {
  const key = { tenant_id: ask.tenant, conversation_id: `c-${participant}` };
  await ask.log.open({ ...key, channel: 'webchat', participant_id: participant });
  const author = { id: 'agent:default' };
  const answer = { message_id: 'm-1', role: 'assistant', text: 'Yes.', author } as const;
  await ask.log.append(key, [answer], { after: 0 });
  const as = (principal: string, role: Role = 'Participant') => ({
    role,
    principal,
    scopes: ['conversations:visit'] as const,
  });
  const give = (body: unknown, who: Calling = as(`visitor:${participant}`)) =>
    ask('POST', `/conversations/${key.conversation_id}/feedback`, { ...who, body });
  return { give, as };
}

const listed = async (ask: Ask, query = '') => {
  const response = await ask('GET', `/conversation-feedback?${query}`);
  return ((await response.json()) as { data: Record<string, unknown>[] }).data;
};

describe('feedback', () => {
  it('is given to a message or to the conversation, and replaced by the next', async () => {
    const ask = asking();
    const { give } = await aConversation(ask);

    const first = await give({ message_id: 'm-1', rating: 'down', comment: 'Too short.' });
    ask.clock.pass(1_000);
    await give({ rating: 'up' });
    const second = await give({ message_id: 'm-1', rating: 'up' });

    expect(await first.json()).toMatchObject({
      success: true,
      data: { message_id: 'm-1', rating: 'down', comment: 'Too short.' },
    });
    expect(second.status).toBe(200);
    expect(await listed(ask)).toMatchObject([
      { message_id: null, rating: 'up' },
      { message_id: 'm-1', rating: 'up', comment: null },
    ]);
  });

  it('is told to the company once, and again when the customer changes their mind', async () => {
    const ask = asking();
    const { give } = await aConversation(ask);

    for (const rating of ['down', 'down', 'up', 'down']) {
      await give({ message_id: 'm-1', rating });
      ask.clock.pass(1_000);
    }

    const ids = [...new Set(ask.events.map(({ id }) => id))];
    expect(ask.events.map(({ id }) => ids.indexOf(id))).toEqual([0, 0, 1, 2]);
    expect(ask.events[0]).toMatchObject({
      type: 'feedback.given',
      data: { conversation: { channel: 'webchat' }, feedback: { rating: 'down' } },
    });
  });

  it('is found by its rating and its conversation, page by page', async () => {
    const ask = asking();
    const [one, other] = [await aConversation(ask, 'p-1'), await aConversation(ask, 'p-2')];
    await one.give({ rating: 'up' });
    ask.clock.pass(1_000);
    await other.give({ rating: 'down' });

    const page = await ask('GET', '/conversation-feedback?limit=1');
    const { next_cursor } = (await page.json()) as { next_cursor: string };

    expect(await listed(ask, 'rating=down')).toMatchObject([{ conversation_id: 'c-p-2' }]);
    expect(await listed(ask, 'conversation_id=c-p-1')).toMatchObject([{ rating: 'up' }]);
    expect(await listed(ask, `limit=1&cursor=${next_cursor}`)).toMatchObject([{ rating: 'up' }]);
  });

  it('is given by the participant and by the company’s people, and by nobody else', async () => {
    const ask = asking();
    const { give, as } = await aConversation(ask);

    const statuses = await Promise.all([
      give({ rating: 'up' }),
      give({ rating: 'up' }, as('key:of-acme', 'OperationUser')),
      give({ rating: 'up' }, as('visitor:p-2')),
      give({ rating: 'up' }, { ...as('visitor:p-1'), tenant: 'another' }),
    ]).then((answers) => answers.map(({ status }) => status));

    expect(statuses).toEqual([200, 200, 404, 404]);
    expect((await ask('GET', '/conversation-feedback', as('visitor:p-1'))).status).toBe(403);
    const other = await ask('GET', '/conversation-feedback', { tenant: 'another' });
    expect(await other.json()).toMatchObject({ data: [] });
  });

  it('is given to no conversation that is not there', async () => {
    const response = await asking()('POST', '/conversations/none/feedback', {
      scopes: ['conversations:visit'],
      body: { rating: 'up' },
    });

    expect(response.status).toBe(404);
  });

  it.each([
    [{}, '#/rating', 'It is missing.'],
    [{ rating: 5 }, '#/rating', 'Expected one of up, down.'],
    [{ rating: 'up', comment: ' ' }, '#/comment', 'It is empty.'],
    [
      { rating: 'up', comment: 'x'.repeat(2_001) },
      '#/comment',
      'It must have at most 2000 characters.',
    ],
    [
      { rating: 'up', message_id: 'm-9' },
      '#/message_id',
      'There is no such message in the conversation.',
    ],
    [{ rating: 'up', stars: 5 }, '#/stars', 'There is no such field.'],
  ])('is refused with %j', async (body, pointer, detail) => {
    const { give } = await aConversation(asking());

    const response = await give(body);

    expect(response.status).toBe(422);
    expect(await faultsOf(response)).toEqual({ [pointer]: detail });
  });
});
