import { describe, expect, it } from 'vitest';
import { composeReply } from '../../../lambdas/whatsapp-replies/domain/compose.ts';
import { consentAsked } from '../../../lambdas/whatsapp-replies/domain/consent.ts';
import {
  anInbound,
  aQueuedMessage,
  aTurn,
  queuedMessages,
  texts,
} from '../../support/reply-builders.ts';
import { Fate } from '../../support/reply-faults.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld } from '../../support/reply-world.ts';

const pastVisibilityMs = 71_000;
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

    const crash = { call, kind: 'crash', effect: 'after' } as const;
    await deliverAll(world, queuedMessages(1), [{ batchSize: 10, faults: [crash] }]);

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
      const fate = new Fate([{ call, kind: 'crash', effect: 'after' }]);

      await world.answers(queuedMessages(1), { fate }).catch(() => undefined);
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
