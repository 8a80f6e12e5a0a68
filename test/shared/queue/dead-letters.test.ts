import { describe, expect, it } from 'vitest';
import { discardWork } from '../../../lambdas/shared/errors.ts';
import { deadLetters } from '../../../lambdas/shared/queue/settle.ts';
import { aQueueClient } from '../../support/aws.ts';
import { recordedMeter } from '../../support/log.ts';
import { realQueues } from '../../support/real-queues.ts';

const error = discardWork('malformed_message', 'The queue message is malformed: no From.');

async function someLetters({ fifo = false } = {}) {
  const { client, deadLetterUrl, receive } = await realQueues({ fifo });
  const clock = { time: Date.UTC(2026, 10, 21), now: () => clock.time };
  const meter = recordedMeter();
  const letters = deadLetters({ client, deadLetterUrl, clock, meter });
  return { ...letters, clock, counts: meter.counts, received: () => receive(deadLetterUrl) };
}

describe('a dead letter', () => {
  it('is the message as it was, and says why and when', async () => {
    const { put, received, counts } = await someLetters();

    await put({ body: '{"detail":"\ud800"}', recordId: 'r1' }, error);

    const [dead] = await received();
    expect(JSON.parse(dead?.Body ?? '')).toEqual({ detail: '\ud800' });
    expect(dead?.MessageAttributes).toMatchObject({
      reason_code: { StringValue: 'malformed_message' },
      reason: { StringValue: 'The queue message is malformed: no From.' },
      failed_at: { StringValue: '2026-11-21T00:00:00.000Z' },
      record_id: { StringValue: 'r1' },
    });
    expect(counts).toEqual({ DeadLettered: 1 });
  });

  it('may be of a message that came from no queue', async () => {
    const { put, received } = await someLetters();

    await put({ body: { email_id: 'e1' } }, error);

    const [dead] = await received();
    expect(dead?.Body).toBe('{"email_id":"e1"}');
    expect(dead?.MessageAttributes).not.toHaveProperty('record_id');
  });

  it('of a FIFO queue keeps its group, and has one of its own where it is told none', async () => {
    const { put, received } = await someLetters({ fifo: true });

    await put({ body: '{}', recordId: 'r1', groupId: 'c_1' }, error);
    await put({ body: '{}', recordId: 'r2' }, error);

    const groups = (await received()).map(({ Attributes }) => Attributes?.MessageGroupId);
    expect(new Set(groups)).toEqual(new Set(['c_1', 'r2']));
  });

  it('is no duplicate of itself when it fails again after a redrive', async () => {
    const { put, received, clock } = await someLetters({ fifo: true });

    await put({ body: '{}', recordId: 'r1', groupId: 'c_1' }, error);
    clock.time += 1_000;
    await put({ body: '{}', recordId: 'r1', groupId: 'c_1' }, error);

    expect(await received()).toHaveLength(2);
  });

  it('is not counted where it is not taken, which it says', async () => {
    const [queue, meter] = [aQueueClient(), recordedMeter()];
    queue.failure = new Error('SQS is away.');
    const clock = { now: () => 0 };
    const { put } = deadLetters({ client: queue.client, deadLetterUrl: 'd', clock, meter });

    await expect(put({ body: '{}', recordId: 'r1' }, error)).rejects.toMatchObject({
      code: 'queue',
      next: 'retry',
    });
    expect(meter.counts).toEqual({});
  });
});
