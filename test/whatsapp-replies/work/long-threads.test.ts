import { describe, expect, it } from 'vitest';
import type { AssistantPort } from '../../../lambdas/whatsapp-replies/work/ports.ts';
import { maxThreadTokens } from '../../../lambdas/whatsapp-replies/work/steps/thread.ts';
import { TestProcess } from '../../support/crash.ts';
import type { Outcome } from '../../support/reply-assistant.ts';
import { aQueuedMessage, aTurn, texts } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { anAssistant } from '../../support/reply-openai.ts';
import { aWorld } from '../../support/reply-world.ts';

const reads = (inputTokens: number) => (): Outcome => ({
  kind: 'answered',
  text: 'Yes.',
  inputTokens,
});

const tooLong = (): Outcome => ({ kind: 'too_long' });

/** The customer writes, and is answered, before they write again. */
async function exchanges(world: ReturnType<typeof aWorld>, count: number) {
  for (let n = 1; n <= count; n += 1) await deliverAll(world, [aQueuedMessage(n)]);
}

describe('a thread whose last run has read much', () => {
  it('is left for one that begins with our latest messages', async () => {
    const world = aWorld({ answer: reads(maxThreadTokens + 1) });

    await exchanges(world, 2);

    expect(world.assistant.runs.map(({ threadId }) => threadId)).toEqual(['thread-1', 'thread-2']);
    expect(world.assistant.threads[1]?.history).toEqual([
      { role: 'user', content: 'Question 1?' },
      { role: 'assistant', content: 'Yes.' },
    ]);
    expect(world.assistant.closed).toEqual(['thread-1']);
  });

  it('is left also where the vendor cannot delete it now', async () => {
    const world = aWorld({ answer: reads(maxThreadTokens + 1) });
    world.assistant.closeThread = () => Promise.reject(new Error('OpenAI is away.'));

    await exchanges(world, 2);

    expect(world.messenger.sent).toHaveLength(2);
    expect(world.log.at('warn')).toMatchObject([{ details: { old_thread_id: 'thread-1' } }]);
  });

  it('is left without a second reply or a lost one, wherever an invocation dies', async () => {
    const messages = [aQueuedMessage(1), aQueuedMessage(2)];
    for (let call = 1; call <= 60; call += 1) {
      const world = aWorld({ answer: reads(maxThreadTokens + 1) });
      const effect = call % 2 ? 'before' : 'after';

      await deliverAll(world, messages, [
        { batchSize: 1 },
        { batchSize: 1, process: new TestProcess([{ call, effect }]) },
      ]);

      expect(world.messenger.bodies, `call ${call}`).toHaveLength(2);
      expect(world.assistant.runs, `call ${call}`).toHaveLength(2);
    }
  });

  it('is kept up to its bound', async () => {
    const world = aWorld({ answer: reads(maxThreadTokens) });

    await exchanges(world, 3);

    expect(world.assistant.threads).toHaveLength(1);
  });

  it('is not counted against the thread that follows it', async () => {
    const lengths = [maxThreadTokens + 1, 100, 200];
    const world = aWorld({ answer: ({ n }) => reads(lengths[n - 1] ?? 0)() });

    await exchanges(world, 3);

    const threads = world.assistant.runs.map(({ threadId }) => threadId);
    expect(threads).toEqual(['thread-1', 'thread-2', 'thread-2']);
  });
});

describe('a thread that is too long for the model', () => {
  const long = { text: 'word '.repeat(1_000) };

  it('is replaced by one with our latest messages, and the customer is answered', async () => {
    const world = aWorld({ answer: ({ n }) => (n === 2 ? tooLong() : reads(100)()) });

    const dead = [
      ...(await deliverAll(world, [aQueuedMessage(1)])),
      ...(await deliverAll(world, [aQueuedMessage(2)])),
    ];

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toEqual(['Yes.', 'Yes.']);
    expect(world.assistant.threads.map(({ history }) => history.length)).toEqual([0, 2]);
  });

  it('is replaced by an empty one when even these were too long', async () => {
    const world = aWorld({ answer: ({ n }) => (n === 2 || n === 3 ? tooLong() : reads(100)()) });

    await exchanges(world, 2);

    expect(world.messenger.bodies).toHaveLength(2);
    expect(world.assistant.threads.map(({ history }) => history.length)).toEqual([0, 2, 0]);
    expect(world.assistant.closed).toEqual(['thread-1', 'thread-2']);
  });

  it('ends in the fallback text when what the customer wrote is too long by itself', async () => {
    const world = aWorld({ answer: tooLong });

    const dead = await deliverAll(world, [aQueuedMessage(1, long)]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toEqual([texts.fallback]);
    expect(world.assistant.runs).toHaveLength(3);
  });

  it('calls a person when a short message is too long, as the instructions must be', async () => {
    const world = aWorld({ answer: tooLong });

    const dead = await deliverAll(world, [aQueuedMessage(1)]);

    expect(dead).toHaveLength(1);
    expect(world.log.at('critical')).toMatchObject([
      { details: { error_code: 'instructions_too_long' } },
    ]);
  });
});

describe('a conversation with a model of a small window', () => {
  it('continues however much is written, and the model knows what was said last', async () => {
    const world = aWorld();
    const { assistant, bodiesOf } = await anAssistant('responses', {
      now: world.clock.now,
      contextTokens: 600,
    });
    const choice = await world.ports.assistantFor(aTurn());
    world.ports.assistantFor = async () => ({ ...choice, assistant });
    const text = 'Where is it? '.repeat(20);

    const dead = [];
    for (let n = 1; n <= 12; n += 1)
      dead.push(...(await deliverAll(world, [aQueuedMessage(n, { text })])));

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(12);
    expect(bodiesOf('conversations.create').length).toBeGreaterThan(1);
    expect(world.messenger.bodies.at(-1)).toMatch(/I know \d+ earlier messages/);
  });
});

describe('a turn that was begun with another kind of assistant', () => {
  const otherKind: AssistantPort['isThread'] = (id) => !id.startsWith('of-another');
  const state = { thread_id: 'of-another-1', version: 3 } as const;

  it.each([
    ['its thread was found', aTurn({ ...state, state: 'thread' })],
    ['its run was claimed', aTurn({ ...state, state: 'thread', run: { claimed_at: 1 } })],
    [
      'its run began',
      aTurn({ ...state, state: 'run', run: { claimed_at: 1, started_at: 1, run_id: 'run_1' } }),
    ],
  ])('is answered by the one of now, where %s', async (_when, turn) => {
    const world = aWorld();
    world.assistant.isThread = otherKind;
    world.store.put(turn);

    const dead = await deliverAll(world, [aQueuedMessage(1)]);

    expect(dead).toEqual([]);
    expect(world.assistant.runs).toMatchObject([{ threadId: 'thread-1' }]);
    expect(world.messenger.sent).toHaveLength(1);
  });
});
