import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../lambdas/agents/ports.ts';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { type ChatWorld, chats, dataOf } from './chat-world.ts';

const aWorld = chats();

interface Answered {
  message_id: string;
  sequence: number | null;
  response: string | null;
  tool_calls: unknown[];
  status: string;
  outcome: string | null;
}

const turn_id = 'turn_1';
const answer = {
  conversation_id: 'any',
  sequence: 2,
  message_id: `${turn_id}:answer`,
  role: 'assistant',
  text: 'Tomorrow.',
  files: [],
  author: { id: 'agent:default' },
  created_at: '2026-11-21T10:00:00.000Z',
} satisfies Message;

const complete = (sequence: number, outcome: TurnOutcome, message?: Message): TurnEvent => ({
  sequence,
  turn_id,
  event: 'complete',
  value: 'Response complete',
  outcome,
  ...(message && { message }),
});

const call: TurnEvent = {
  sequence: 1,
  turn_id,
  event: 'tool_call',
  value: { tool: 'find_order', args: { id: 7 } },
};

async function act(world: ChatWorld, client_id = 'c-1') {
  const chat = await world.begin();
  const body = { conversation_id: chat.conversation_id, message: 'When?', client_id };
  const response = await world.askAs(chat.participant_id, 'POST', '/conversations/actions', {
    body,
  });
  return { status: response.status, data: await dataOf<Answered>(response), chat, body };
}

describe('an action', () => {
  it('is answered with the answer, and what was called for it', async () => {
    const world = aWorld();
    world.turns.script = [call, complete(2, 'answered', answer)];

    const { status, data } = await act(world);

    expect(status).toBe(200);
    expect(data).toMatchObject({
      sequence: 2,
      response: 'Tomorrow.',
      tool_calls: [{ tool: 'find_order', args: { id: 7 } }],
      status: 'complete',
      outcome: 'answered',
    });
  });

  it('waits for an answer that comes while it waits', async () => {
    const world = aWorld();
    const { events } = world.turns;
    let asked = 0;
    world.turns.events = async (...key) => {
      asked += 1;
      world.turns.script = asked < 5 ? [call] : [call, complete(2, 'answered', answer)];
      return events(...key);
    };

    const { data } = await act(world);

    expect(data).toMatchObject({ response: 'Tomorrow.', tool_calls: [{ tool: 'find_order' }] });
  });

  it('says after 25 seconds that it runs, and what was called so far', async () => {
    const world = aWorld();
    world.turns.script = [call];
    const before = world.clock.now();

    const { status, data } = await act(world);

    expect(status).toBe(202);
    expect(data).toMatchObject({ response: null, status: 'running', outcome: null });
    expect(data.tool_calls).toHaveLength(1);
    expect(world.clock.now() - before).toBeGreaterThan(24_000);
    expect(world.clock.now() - before).toBeLessThanOrEqual(25_000);
  });

  it('goes on waiting for the same answer where it is sent again', async () => {
    const world = aWorld();
    const { chat, body } = await act(world);
    world.turns.script = [complete(1, 'answered', answer)];

    const again = await world.askAs(chat.participant_id, 'POST', '/conversations/actions', {
      body,
    });

    expect(await dataOf(again)).toMatchObject({ response: 'Tomorrow.' });
    expect(world.turns.begun).toHaveLength(1);
  });

  it('is refused for a while where it is sent again and again', async () => {
    const world = aWorld();
    world.turns.script = [call, complete(2, 'answered', answer)];
    const { chat, body } = await act(world);

    const statuses: number[] = [];
    for (let n = 0; n < 31; n++) {
      const again = await world.askAs(chat.participant_id, 'POST', '/conversations/actions', {
        body,
      });
      statuses.push(again.status);
    }

    expect(statuses.slice(0, 30)).toEqual(statuses.slice(0, 30).fill(200));
    expect(statuses.at(-1)).toBe(429);
  });

  it('has the answer where it is sent again once the turn’s events have expired', async () => {
    const world = aWorld();
    const { chat, body } = await act(world);
    const key = { tenant_id: world.tenant, conversation_id: chat.conversation_id };
    const { message_id, role, text, author } = answer;
    await world.conversations.append(key, [{ message_id, role, text, author, turn_id }], {
      after: 1,
    });
    Object.assign(world.turns.begun[0] ?? {}, { state: 'ended', outcome: 'answered' });
    const before = world.clock.now();

    const again = await world.askAs(chat.participant_id, 'POST', '/conversations/actions', {
      body,
    });

    expect(again.status).toBe(200);
    expect(await dataOf(again)).toMatchObject({
      response: 'Tomorrow.',
      sequence: 2,
      outcome: 'answered',
      status: 'complete',
    });
    expect(world.clock.now()).toBe(before);
  });

  it('waits for the turn that follows the one that runs', async () => {
    const world = aWorld();
    world.turns.isBusy = true;
    const { sleep } = world.clock;
    world.clock.sleep = async (ms) => {
      await sleep(ms);
      world.turns.isBusy = false;
      world.turns.script = [complete(1, 'answered', answer)];
    };

    const { data } = await act(world);
    world.clock.sleep = sleep;

    expect(data).toMatchObject({ response: 'Tomorrow.' });
  });

  it('is withheld at once where the customer asks for a person', async () => {
    const world = aWorld();
    world.handover = { ...world.handover, keywords: ['when'] };

    const { status, data } = await act(world);

    expect(status).toBe(200);
    expect(data).toMatchObject({ response: null, sequence: null, outcome: 'withheld' });
    expect(world.clock.sleeps).not.toContain(25_000);
  });

  it('is withheld when a person takes the conversation over while another turn runs', async () => {
    const world = aWorld();
    world.turns.isBusy = true;
    const { sleep } = world.clock;
    world.clock.sleep = async (ms) => {
      await sleep(ms);
      const [conversation_id = ''] = world.started;
      const key = { tenant_id: world.tenant, conversation_id };
      await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });
    };

    const { data } = await act(world);
    world.clock.sleep = sleep;

    expect(data).toMatchObject({ outcome: 'withheld' });
  });

  it.each([
    ['stopped', complete(1, 'stopped', answer), 'Tomorrow.'],
    ['withheld', complete(1, 'withheld'), null],
    ['failed', { sequence: 1, turn_id, event: 'error', value: 'Sorry.', code: 'x' }, 'Sorry.'],
  ] as const)('tells how its turn has ended: %s', async (outcome, event, response) => {
    const world = aWorld();
    world.turns.script = [event];

    const { status, data } = await act(world);

    expect([status, data.outcome, data.response]).toEqual([200, outcome, response]);
  });
});
