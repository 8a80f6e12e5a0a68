import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumeRuns } from '../../lambdas/email-deadlines/consume-runs.ts';
import { limits } from '../../lambdas/email-deadlines/limits.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { consumerQueue } from '../../lambdas/shared/queue/consumer-queue.ts';
import { settlement } from '../../lambdas/shared/queue/settlement.ts';
import { aQueueClient } from '../support/aws.ts';
import { aRecord } from '../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aStart } from './starting.ts';

let table: TestTable;
let invocations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

async function aConsumer(options: Parameters<typeof aStart>[1] = {}) {
  const begun = await aStart(table, options);
  const { ports, key } = begun;
  const queue = aQueueClient();
  const urls = { queueUrl: 'runs', deadLetterUrl: 'dead' };
  const consumer = {
    ports,
    random: () => 0.5,
    settlement: settlement({
      queue: consumerQueue(queue.client, urls),
      meter: ports.meter,
      clock: ports.clock,
    }),
  };
  return {
    ...begun,
    queue,
    /** Whether the message stays in the queue. */
    async takes(body: unknown, tries = 1): Promise<boolean> {
      const record = aRecord('r1', body);
      const attributes = { ...record.attributes, ApproximateReceiveCount: String(tries) };
      const invocation = { owner: `invocation-${++invocations}`, remainingMs: () => 300_000 };
      const { batchItemFailures } = await consumeRuns(
        [{ ...record, attributes }],
        consumer,
        invocation,
      );
      return batchItemFailures.length > 0;
    },
    message: (kind: 'start' | 'watch') => ({ kind, ...key, progress: 0 }),
  };
}

const away = retryLater('mailbox_unavailable', 'The mailbox is away.');

describe('a message of the queue of runs', () => {
  it('begins its run', async () => {
    const { takes, message, stored } = await aConsumer();

    expect(await takes(message('start'))).toBe(false);

    expect((await stored()).state).toBe('running');
  });

  it('comes back while its run may still begin', async () => {
    const { takes, message, stored, queue } = await aConsumer({ mail: away });

    expect(await takes(message('start'), 3)).toBe(true);
    expect(await takes(message('start'), limits.outageAttempts - 1)).toBe(true);

    expect((await stored()).state).toBe('pending');
    expect(queue.sent).toMatchObject([{ VisibilityTimeout: 6 }, { VisibilityTimeout: 90 }]);
  });

  it('ends its run where that did not begin however often it was tried', async () => {
    const { takes, message, stored, queue } = await aConsumer({ mail: away });

    expect(await takes(message('start'), limits.outageAttempts)).toBe(false);

    expect(await stored()).toMatchObject({ state: 'failed', problem: { status: 504 } });
    expect(queue.sent).toEqual([]);
  });

  it('goes to the dead letters where a run that has begun cannot be looked after', async () => {
    const consumer = await aConsumer();
    await consumer.start();
    consumer.ports.watchLater = () => Promise.reject(new Error('SQS is away.'));

    expect(await consumer.takes(consumer.message('watch'), limits.maxAttempts)).toBe(false);

    expect(consumer.queue.sent).toMatchObject([
      {
        QueueUrl: 'dead',
        MessageBody: JSON.stringify(consumer.message('watch')),
        MessageAttributes: { reason_code: { StringValue: 'unexpected' } },
      },
    ]);
    expect((await consumer.stored()).state).toBe('running');
    expect(consumer.meter.counts['DeadLettered']).toBe(1);
  });

  it.each([['no JSON'], [{ kind: 'start', tenant_id: 'acme' }], [null]])(
    'goes to the dead letters with its reason where it is malformed: %j',
    async (body) => {
      const { takes, queue } = await aConsumer();

      expect(await takes(body)).toBe(false);

      expect(queue.sent).toMatchObject([
        { MessageAttributes: { reason_code: { StringValue: 'malformed_message' } } },
      ]);
    },
  );

  it('stays where it is while the dead letters take nothing', async () => {
    const { takes, queue } = await aConsumer();
    queue.failure = new Error('SQS is away.');

    expect(await takes('no JSON')).toBe(true);
  });
});
