import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { TestProcess } from '../../support/crash.ts';
import { aQueuedMessage, aTurn, texts } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { assistantAt } from '../../support/reply-openai.ts';
import { expectAnsweredOnce, expectRecorded } from '../../support/reply-promises.ts';
import { aSimulatedWorld, operations } from '../../support/reply-simulated.ts';
import { aWorld } from '../../support/reply-world.ts';

const adapters = ['responses', 'threads'] as const;
const always = 10_000;

/** The vendor refuses the request, and does not say what of it. */
const refuses = (error: object = { message: 'Bad.', param: 'input', code: null }) =>
  ({ kind: 'respond', status: 400, body: { error } }) as const;

describe.each(adapters)('a conversation that the vendor refuses permanently (%s)', (name) => {
  const { start, check, find, open } = operations[name];

  /** The customer's first message is answered in a conversation that is refused from then on. */
  async function refusedAfterOne() {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1)]);
    const refused = world.threadId();
    world.faults.add({ operation: start, effect: refuses(), times: always, containing: refused });
    return { ...world, refused };
  }

  it('continues in a new one that knows what was said', async () => {
    const { delivers, messenger, threadId, refused } = await refusedAfterOne();

    const dead = [
      ...(await delivers([aQueuedMessage(2)])),
      ...(await delivers([aQueuedMessage(3)])),
    ];

    expect(dead).toEqual([]);
    expect(threadId()).not.toBe(refused);
    expect(messenger.bodies.slice(1)).toMatchObject([
      expect.stringContaining('I know 2 earlier messages'),
      expect.stringContaining('I know 4 earlier messages'),
    ]);
  });

  it('is not used again by a message whose sender still names it', async () => {
    const { delivers, messenger, refused } = await refusedAfterOne();

    const message = { ...aQueuedMessage(2), thread_id: refused };
    const dead = await delivers([message, { ...aQueuedMessage(3), thread_id: refused }]);

    expect(dead).toEqual([]);
    expect(messenger.bodies).toHaveLength(2);
  });

  it('continues where it is after one refusal alone', async () => {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1)]);
    world.faults.add({ operation: start, effect: refuses() });

    const dead = await world.delivers([aQueuedMessage(2)]);

    expect(dead).toEqual([]);
    expect(world.callsOf(open)).toBe(1);
    expect(world.messenger.bodies[1]).toContain('I know 2 earlier messages');
  });

  it.each([
    ['looking at its run', check],
    ['opening it', open],
    ['starting a run', start],
  ])('costs nobody an answer where it refuses %s, once or twice', async (_what, operation) => {
    for (const times of [1, 2]) {
      const world = await aSimulatedWorld(name);
      world.faults.add({ operation, effect: refuses(), times });

      const dead = await world.delivers([aQueuedMessage(1), aQueuedMessage(2)]);

      expect(dead).toEqual([]);
      expect(world.messenger.bodies).toHaveLength(1);
    }
  });

  it('is left also where it refuses to be searched after a lost answer', async () => {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1)]);
    world.faults.add({ operation: start, effect: { kind: 'lose' } });
    world.faults.add({
      operation: find,
      effect: refuses(),
      times: always,
      containing: world.threadId(),
    });

    const dead = await world.delivers([aQueuedMessage(2)]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(2);
  });

  it('is opened without our history where this is refused', async () => {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1, { text: 'POISON' })]);
    for (const operation of [open, start]) {
      const poison = { operation, effect: refuses(), times: always };
      world.faults.add({ ...poison, containing: 'POISON' });
      world.faults.add({ ...poison, containing: world.threadId() });
    }

    const dead = [
      ...(await world.delivers([aQueuedMessage(2)])),
      ...(await world.delivers([aQueuedMessage(3)])),
    ];

    expect(dead).toEqual([]);
    expect(world.messenger.bodies[1]).toContain('I know no earlier messages');
    expect(world.messenger.bodies[2]).toContain('I know 2 earlier messages');
  });

  it('calls a person when the words alone are refused, and does the next message no harm', async () => {
    const { delivers, callsOf, faults, log, messenger } = await refusedAfterOne();
    faults.add({ operation: start, effect: refuses(), times: always });
    const opened = callsOf(open);

    const dead = await delivers([aQueuedMessage(2)]);
    const openedFor = callsOf(open) - opened;
    faults.clear();
    const deadLater = [...(await delivers([aQueuedMessage(3)])), ...(await delivers(dead))];

    expect(dead).toHaveLength(1);
    expect(openedFor).toBeLessThanOrEqual(3);
    expect(log.at('critical')).toMatchObject([{ details: { error_code: 'conversation_refused' } }]);
    expect(deadLater).toEqual([]);
    expect(messenger.bodies).toHaveLength(3);
  });

  it('is no other one where a setting is wrong, which a person must see at once', async () => {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1)]);
    const [before, tries] = [world.threadId(), world.callsOf(start)];
    const effect = refuses({ message: 'No.', code: 'model_not_found', param: 'model' });
    world.faults.add({ operation: start, effect, times: always });

    const dead = await world.delivers([aQueuedMessage(2)]);
    const calls = world.callsOf(start) - tries;
    world.faults.clear();
    const redriven = await world.delivers(dead);

    expect([dead.length, calls, redriven.length]).toEqual([1, 1, 0]);
    expect(world.log.at('critical')).toMatchObject([{ details: { error_code: 'openai_refused' } }]);
    expect(world.threadId()).toBe(before);
    expect(world.messenger.bodies).toHaveLength(2);
  });

  it('is left when the model refuses what was said before, and nobody gets the fallback', async () => {
    const world = await aSimulatedWorld(name, {
      answer: ({ history, input }) =>
        [...history, ...input].some(({ text }) => text.includes('POISON'))
          ? { kind: 'failed', code: 'invalid_prompt', message: 'Flagged.' }
          : { kind: 'completed', text: `Answer to ${input.map(({ text }) => text).join()}` },
    });

    const dead = [
      ...(await world.delivers([aQueuedMessage(1, { text: 'POISON' })])),
      ...(await world.delivers([aQueuedMessage(2)])),
      ...(await world.delivers([aQueuedMessage(3)])),
    ];

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toEqual([
      texts.fallback,
      'Answer to Question 2?',
      'Answer to Question 3?',
    ]);
  });
});

describe('a server without conversations that refuses our history', () => {
  it('answers the words alone', async () => {
    const inputs: string[] = [];
    const app = new Hono<SimulatorEnv>().post('/v1/responses', async (c) => {
      const input = JSON.stringify((await c.req.json()).input);
      inputs.push(input);
      if (input.includes('POISON'))
        return c.json({ error: { message: 'Bad.', param: 'input' } }, 400);
      const content = [{ type: 'output_text', text: 'Yes.', annotations: [] }];
      const output = [{ id: 'msg_1', type: 'message', role: 'assistant', content }];
      return c.json({ id: 'resp_1', object: 'response', status: 'completed', output });
    });
    const server = await serveLocally(app);
    onTestFinished(() => server.close());
    const world = aWorld();
    const choice = await world.ports.assistantFor(aTurn());
    const assistant = assistantAt(server.url, 'responses');
    world.ports.assistantFor = async () => ({ ...choice, assistant });

    const dead = [
      ...(await deliverAll(world, [aQueuedMessage(1, { text: 'POISON' })])),
      ...(await deliverAll(world, [aQueuedMessage(2)])),
      ...(await deliverAll(world, [aQueuedMessage(3)])),
    ];

    expect(dead.map(({ inbound }) => inbound.message_sid)).toEqual(['SM1']);
    expect(world.messenger.bodies).toEqual(['Yes.', 'Yes.']);
  });
});

describe('a conversation that is refused', () => {
  it.each(['before', 'after'] as const)(
    'is left without a second reply or a lost one, dying at any call, %s it takes effect',
    async (effect) => {
      for (const assistant of adapters) {
        for (let call = 1; call <= 40; call += 1) {
          const world = aWorld({ assistant });
          const { startRun } = world.assistant;
          world.assistant.startRun = async (threadId, ...given) =>
            ['thread-1', 'thread-2'].includes(threadId)
              ? { kind: 'unanswered', runId: 'refused', reason: 'x', refused: 'picture' }
              : startRun(threadId, ...given);
          const messages = [aQueuedMessage(1), aQueuedMessage(2)];
          const process = new TestProcess([{ call: call > 20 ? call - 20 : call, effect }]);

          const dead = await deliverAll(
            world,
            messages,
            call > 20 ? [{}, {}, { process }] : [{}, { process }],
          );

          expect(dead, `call ${call}`).toEqual([]);
          expectAnsweredOnce(world, messages);
          expectRecorded(world, messages);
        }
      }
    },
  );
});
