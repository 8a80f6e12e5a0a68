import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../support/reply-assistant.ts';
import { aQueuedMessage } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld } from '../../support/reply-world.ts';

const message = aQueuedMessage(1);
const lasting = (takesMs: number) => (): Outcome => ({ kind: 'answered', text: 'Done.', takesMs });
const notSent = { kind: 'not_sent', reason: 'too many requests', cause: undefined } as const;

/** How long the message waited before the world began, in seconds. */
const waitedIn = (world: ReturnType<typeof aWorld>) =>
  (world.clock.now() - Date.parse(message.inbound.received_at)) / 1000;

describe('the time of a reply', () => {
  it('is that in the queue, that of the model and that of sending', async () => {
    const world = aWorld({ answer: lasting(4_000) });
    const waited = waitedIn(world);

    await world.answers([message]);

    const { QueueSeconds, RunSeconds, SendSeconds, ReplySeconds } = world.meter.times;
    expect(QueueSeconds).toEqual([waited]);
    expect(SendSeconds).toHaveLength(1);
    const parts = [QueueSeconds, RunSeconds, SendSeconds].flatMap((times) => times ?? []);
    const sum = parts.reduce((total, one) => total + one, 0);
    expect(ReplySeconds?.[0]).toBeCloseTo(sum, 3);
    expect(RunSeconds?.[0]).toBeGreaterThanOrEqual(4);
  });

  it('counts the queue once, however often the work is taken up again', async () => {
    const world = aWorld({ answer: lasting(60_000) });
    const waited = waitedIn(world);

    await deliverAll(world, [message]);

    expect(world.meter.times['QueueSeconds']).toEqual([waited]);
    expect(world.meter.times['ReplySeconds']).toHaveLength(1);
  });

  it('counts the sending from the answer on, also over a try that failed', async () => {
    const world = aWorld();
    world.messenger.plan(notSent);
    const backoff = 10_000;

    await world.answers([message]);
    await world.clock.sleep(backoff);
    await world.answers([message]);

    expect(world.meter.times['SendSeconds']?.[0]).toBeGreaterThanOrEqual(backoff / 1000);
    expect(world.meter.counts).toMatchObject({ TwilioFailed: 1, RepliesSent: 1 });
  });
});

describe('a model that fails', () => {
  it('is counted as the vendor’s failure each time', async () => {
    const world = aWorld({
      answer: () => ({ kind: 'failed', reason: 'server_error', next: 'retry' }),
    });

    await world.answers([message]);
    await world.answers([message]);

    expect(world.meter.counts).toMatchObject({ OpenAiFailed: 2 });
  });
});
