import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import type { Fault } from '../../support/reply-faults.ts';
import { callsOf, deliverAll, type Receive } from '../../support/reply-fifo.ts';
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
  it.each(['before', 'after'] as const)(
    'leaves one reply from one run and a complete record, %s any call takes effect',
    async (effect) => {
      const calls = await callsOf(aWorld(options), messages);

      for (let call = 1; call <= calls; call += 1) {
        const world = aWorld(options);
        const crash: Receive = { batchSize: 10, faults: [{ call, kind: 'crash', effect }] };
        const dead = await deliverAll(world, messages, [crash]);

        expect(dead, `after a crash at call ${call}`).toEqual([]);
        expectAnsweredOnce(world, messages);
        expectRecorded(world, messages);
      }
      expect(calls).toBeGreaterThan(15);
    },
  );
});

describe.each(['before', 'after'] as const)(
  'crash %s any call while a message is in doubt',
  (effect) => {
    it.each<[string, SendPlan]>([
      ['its connection was cut', 'lost'],
      ['it never came', 'vanished'],
      ['it timed out and was taken late', { takenAfterMs: 25_000 }],
    ])('leaves one message where %s', async (_how, plan) => {
      for (let call = 1; call <= 30; call += 1) {
        const world = aWorld({ callbacks: false });
        world.messenger.plan(plan);
        await world.answers(queuedMessages(1));
        const crash: Receive = { batchSize: 10, faults: [{ call, kind: 'crash', effect }] };
        for (let n = 0; n < 3; n += 1) await deliverAll(world, queuedMessages(1), [crash]);

        expectAnsweredOnce(world, queuedMessages(1));
        expectRecorded(world, queuedMessages(1));
      }
    });
  },
);

const manyCalls = 45;
const aFault = fc.record<Fault>({
  call: fc.integer({ min: 1, max: manyCalls }),
  kind: fc.constantFrom('crash', 'error'),
  effect: fc.constantFrom('before', 'after'),
});
const aReceive = fc.record<Receive>({
  batchSize: fc.integer({ min: 1, max: 4 }),
  faults: fc.array(aFault, { maxLength: 1 }),
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

        const dead = await deliverAll(world, messages, receives);
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
    const crashAt = (call: number): Fault[] => [{ call, kind: 'crash', effect: 'after' }];

    const dead = await deliverAll(world, three, [
      { batchSize: 2, faults: crashAt(12) },
      { batchSize: 1, faults: crashAt(9) },
      { batchSize: 1, faults: [] },
      { batchSize: 2, faults: crashAt(4) },
    ]);

    expect(dead).toEqual([]);
    expect(world.assistant.runs.map(({ texts }) => texts.length)).toEqual([2, 1]);
    expectAnsweredOnce(world, three);
    expectRecorded(world, three);
  });
});
