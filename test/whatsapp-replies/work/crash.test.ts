import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atEachCrashPoint,
  type CrashPoint,
  crashPoints,
  TestProcess,
} from '../../support/crash.ts';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import type { SendPlan } from '../../support/reply-messenger.ts';
import { expectAnsweredOnce, expectRecorded } from '../../support/reply-promises.ts';
import { aWorld, type WorldOptions } from '../../support/reply-world.ts';

/** Three WhatsApp messages long; each part names the run and what it answers. */
const longAnswer: WorldOptions['answer'] = ({ n, texts }) => ({
  kind: 'answered',
  text: [1, 2, 3]
    .map((part) => `Part ${part} of run ${n} to ${texts.join(' ')} ${'x'.repeat(1400)}`)
    .join('\n\n'),
});

const picture = 'https://api.twilio.com/picture';
const aPicture = () =>
  aQueuedMessage(1, { images: [{ url: picture, content_type: 'image/jpeg' }] });

const three = queuedMessages(3);
const scenarios: [name: string, options: WorldOptions, messages: typeof three][] = [
  ['one message', {}, queuedMessages(1)],
  ['three messages', {}, three],
  ['a reply of three parts', { answer: longAnswer }, three],
  ['a reply without status callbacks', { answer: longAnswer, callbacks: false }, three],
  ['a picture', { pictures: [picture] }, [aPicture()]],
  ['an assistant that finds only answers', { assistant: 'responses' }, three],
];

describe.each(scenarios)('crash while answering: %s', (_name, options, messages) => {
  it('leaves one reply from one run and a complete record, before and after any call takes effect', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const world = aWorld(options);

      const dead = await deliverAll(world, messages, [{ process }]);

      expect(dead).toEqual([]);
      expectAnsweredOnce(world, messages);
      expectRecorded(world, messages);
    });
    expect(calls).toBeGreaterThan(15);
  });
});

describe('crash before and after any call while a message is in doubt', () => {
  it.each<[string, SendPlan]>([
    ['its connection was cut', 'lost'],
    ['it never came', 'vanished'],
    ['it timed out and was taken late', { takenAfterMs: 25_000 }],
  ])('leaves one message where %s', async (_how, plan) => {
    const messages = queuedMessages(1);
    for (const point of crashPoints(30)) {
      const world = aWorld({ callbacks: false });
      world.messenger.plan(plan);
      await world.answers(messages);
      for (let n = 0; n < 3; n += 1) {
        await deliverAll(world, messages, [{ process: new TestProcess([point]) }]);
      }

      expectAnsweredOnce(world, messages);
      expectRecorded(world, messages);
    }
  });
});

const manyCalls = 45;
const aPoint = fc.record<CrashPoint>({
  call: fc.integer({ min: 1, max: manyCalls }),
  kind: fc.constantFrom('crash', 'error'),
  effect: fc.constantFrom('before', 'after'),
});
const aReceive = fc.record({
  batchSize: fc.integer({ min: 1, max: 4 }),
  points: fc.array(aPoint, { maxLength: 1 }),
});
const notSent: SendPlan = { kind: 'not_sent', reason: 'too many requests', cause: undefined };
const aPlan = fc.constantFrom<SendPlan>('lost', 'vanished', notSent, { takenAfterMs: 25_000 });
const aStory = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  receives: fc.array(aReceive, { minLength: 1, maxLength: 3 }),
  plans: fc.array(aPlan, { maxLength: 1 }),
  options: fc.record<WorldOptions>({
    answer: fc.constantFrom(longAnswer, undefined),
    assistant: fc.constantFrom('threads', 'responses'),
    callbacks: fc.boolean(),
  }),
});

describe('sequence of crashes and lost answers', () => {
  it('leaves each message answered once, in order, however the batches are cut', async () => {
    await fc.assert(
      fc.asyncProperty(aStory, async ({ count, receives, plans, options }) => {
        const world = aWorld(options);
        world.messenger.plan(...plans);
        const messages = queuedMessages(count);

        const dead = await deliverAll(
          world,
          messages,
          receives.map(({ batchSize, points }) => ({
            batchSize,
            process: new TestProcess(points),
          })),
        );
        const sent = world.messenger.sent.length;
        await deliverAll(world, messages);

        expect(dead).toEqual([]);
        expectAnsweredOnce(world, messages);
        expect(world.messenger.sent).toHaveLength(sent);
        // A store that fails after the sending leaves the record to a person, and says so.
        if (world.log.at('critical').length === 0) expectRecorded(world, messages);
      }),
      { numRuns: 500 },
    );
  });

  it('brings a batch that is redelivered in other cuts to the same replies', async () => {
    const world = aWorld({ answer: longAnswer });
    const crashAt = (call: number) => ({ process: new TestProcess([{ call, effect: 'after' }]) });

    const dead = await deliverAll(world, three, [
      { batchSize: 2, ...crashAt(12) },
      { batchSize: 1, ...crashAt(9) },
      { batchSize: 1 },
      { batchSize: 2, ...crashAt(4) },
    ]);

    expect(dead).toEqual([]);
    expect(world.assistant.runs.map(({ texts }) => texts.length)).toEqual([2, 1]);
    expectAnsweredOnce(world, three);
    expectRecorded(world, three);
  });
});
