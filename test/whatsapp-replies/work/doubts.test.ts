import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeReply } from '../../../lambdas/whatsapp-replies/work/compose.ts';
import { consentAsked } from '../../../lambdas/whatsapp-replies/work/consent.ts';
import { TestProcess } from '../../support/crash.ts';
import {
  anInbound,
  aPart,
  aQueuedMessage,
  aTurn,
  business,
  customer,
  queuedMessages,
  texts,
} from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import type { SendPlan } from '../../support/reply-messenger.ts';
import { aWorld } from '../../support/reply-world.ts';

const pastVisibilityMs = 71_000;
const crashingAfter = (call: number) => new TestProcess([{ call, effect: 'after' }]);
const firstCalls = Array.from({ length: 39 }, (_, index) => index + 1);

describe('a message that has ended five invocations', () => {
  it('goes to the dead-letter queue instead of ending a sixth', async () => {
    const world = aWorld();
    world.store.put(aTurn({ attempts: 5 }));

    const result = await world.answers(queuedMessages(1));

    expect(result.dead.map(({ error }) => error.code)).toEqual(['crashed']);
    expect(world.assistant.runs).toEqual([]);
    expect(world.store.turn('SM1')).toMatchObject({ attempts: 0 });
  });
});

describe('a server that knows no thread for long', () => {
  it('is asked once per attempt, not for ever', async () => {
    const world = aWorld();
    let starts = 0;
    world.assistant.startRun = async () => {
      starts += 1;
      return { kind: 'thread_gone' };
    };

    const result = await world.answers(queuedMessages(1));

    expect(starts).toBe(1);
    expect(result.unfinished?.messages).toHaveLength(1);
  });
});

describe('a thread of another kind of assistant', () => {
  it('is left for a new one', async () => {
    const world = aWorld();
    world.assistant.isThread = (id) => id !== 'asst-thread';

    await world.answers([{ ...aQueuedMessage(1), thread_id: 'asst-thread' }]);

    expect(world.assistant.threads).toHaveLength(1);
    expect(world.messenger.sent).toHaveLength(1);
  });
});

describe('a start for which too little time is left', () => {
  it('is given back without using up an attempt', async () => {
    const world = aWorld();
    world.assistant.startMs = () => 40_000;

    const result = await world.answers(queuedMessages(1), { remainingMs: 45_000 });

    expect(result.unfinished?.afterSeconds).toBe(1);
    expect(world.assistant.runs).toEqual([]);
    expect(world.store.turn('SM1')).toMatchObject({ attempts: 0, lease_until: 0 });
  });
});

describe('a run that was found after a doubt', () => {
  it.each(firstCalls)('is not run again when the process dies after call %i', async (call) => {
    const world = aWorld({ assistant: 'responses' });
    const { startRun } = world.assistant;
    world.assistant.startRun = async (...given) => {
      world.assistant.startRun = startRun;
      await startRun(...given);
      throw new Error('The answer was lost.');
    };
    await world.answers(queuedMessages(1));
    world.clock.pass(10_000);

    await deliverAll(world, queuedMessages(1), [{ process: crashingAfter(call) }]);

    expect(world.assistant.runs).toHaveLength(1);
    expect(world.messenger.sent).toHaveLength(1);
  });
});

describe('a reply that Twilio refused', () => {
  it.each(firstCalls)(
    'is not tried again once that is recorded, dying after call %i',
    async (call) => {
      const world = aWorld();
      const rejected = { kind: 'rejected', errorCode: 63_016 } as const;
      world.messenger.plan(rejected, rejected);
      const process = crashingAfter(call);

      await process.outcome(world.answers(queuedMessages(1), { process }));
      const isRecorded = world.store.turn('SM1')?.parts[0]?.state === 'rejected';
      world.clock.pass(pastVisibilityMs);
      await world.answers(queuedMessages(1));

      expect(world.messenger.tries.length).toBeLessThanOrEqual(isRecorded ? 1 : 2);
    },
  );
});

describe('a doubtful reply that says the same as the one before', () => {
  it('is not taken for it', async () => {
    const refuses = () => ({ kind: 'unanswered', reason: 'refusal', takesMs: 0 }) as const;
    const world = aWorld({ callbacks: false, answer: refuses });
    await world.answers([aQueuedMessage(1)]);
    world.messenger.plan('vanished');

    await deliverAll(world, [aQueuedMessage(2)]);

    expect(world.messenger.bodies).toHaveLength(2);
  });
});

describe('equal notices within moments', () => {
  const voices = [1, 2, 3].map((n) =>
    aQueuedMessage(n, { text: '', unreadable: ['voice messages'] }),
  );

  it.each(['lost', 'vanished'] as const)(
    'are all sent once when the answer to the third is %s',
    async (plan) => {
      const world = aWorld({ callbacks: false });
      for (const voice of voices.slice(0, 2)) await deliverAll(world, [voice]);
      world.messenger.plan(plan);

      await deliverAll(world, voices.slice(2));

      const notes = world.store.transcript().filter(({ role }) => role === 'assistant');
      expect(world.messenger.bodies).toHaveLength(3);
      expect(new Set(world.messenger.bodies).size).toBe(1);
      expect(notes.map(({ message_sid }) => message_sid)).toEqual(['SMout1', 'SMout2', 'SMout3']);
    },
  );

  it('of which one is a dead letter are not taken for it', async () => {
    const world = aWorld({ callbacks: false });
    const same = 'Yes.\n'.repeat(2);
    const parts = same.split('\n', 2).map((body, index) => aPart(index + 1, { body }));
    const [first, second] = parts;
    if (!first || !second) throw new Error('Expected two parts.');
    const { messageSid = '' } = (await world.messenger.send({
      from: business,
      to: customer,
      body: 'Yes.',
      statusCallback: 'none',
    })) as { messageSid?: string };
    world.store.put(
      aTurn({
        turn_id: 'SMdead',
        state: 'sending',
        parts: [{ ...first, state: 'sent', message_sid: messageSid }, second],
      }),
    );
    world.store.put(
      aTurn({ state: 'text', outcome: 'answered', parts: [aPart(9, { body: 'Yes.' })] }),
    );
    world.messenger.plan('vanished');

    await deliverAll(world, [aQueuedMessage(1)]);

    expect(world.messenger.bodies).toEqual(['Yes.', 'Yes.']);
  });

  it('are sent as often as they were made, whatever becomes of their answers', async () => {
    const aPlan = fc.constantFrom<SendPlan>('sent', 'lost', 'vanished', { takenAfterMs: 25_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(aPlan, { maxLength: 6 }),
        fc.boolean(),
        async (plans, callbacks) => {
          const world = aWorld({ callbacks });
          world.messenger.plan(...plans);

          for (const voice of voices) await deliverAll(world, [voice]);

          const sids = voices.map(({ inbound }) =>
            world.store.turn(inbound.message_sid)?.parts.map(({ message_sid }) => message_sid),
          );
          expect(new Set(sids.flat())).toEqual(new Set(world.messenger.sent.map(({ sid }) => sid)));
          expect(world.messenger.sent).toHaveLength(3);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the parts of a reply', () => {
  it('sort in their order, and behind the messages that they answer', () => {
    const received_at = '2026-11-02T09:00:00.500Z';
    const turn = aTurn({ inputs: [anInbound({ message_sid: 'SM1', received_at })] });
    const long = 'A sentence of some length. '.repeat(800);

    const now = Date.parse(received_at);
    const { parts } = composeReply(turn, { kind: 'answered', text: long }, texts, now);

    const keys = parts.map(({ message_key }) => message_key);
    expect(keys).toHaveLength(10);
    expect(keys.toSorted()).toEqual(keys);
    expect(keys.every((key) => key > `${received_at}#SM1`)).toBe(true);
  });

  it('keep the product’s own words when the answer is too long', () => {
    const turn = aTurn({ inputs: [anInbound({ unreadable: ['videos'] })] });
    const long = 'A sentence of some length. '.repeat(800);

    const { parts } = composeReply(turn, { kind: 'answered', text: long }, texts, 0);

    expect(parts).toHaveLength(10);
    expect(parts.at(-1)?.body).toContain('videos');
  });
});

describe('STOP', () => {
  it.each(['STOP !', 'stop .', '"stop !"'])('is understood as %j', (text) => {
    expect(consentAsked(text)).toBe('stop');
  });

  it('is not found in a long blank text', () => {
    expect(consentAsked(`${' '.repeat(64_000)}x`)).toBeUndefined();
  });
});
