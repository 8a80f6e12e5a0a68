import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/email-deadlines/limits.ts';
import { startConsumer } from '../../lambdas/email-deadlines/start.ts';
import { alertPerson, retryLater } from '../../lambdas/shared/errors.ts';
import { consumerParts, receivedFor, staysOf } from '../support/consumer.ts';
import { aRecord } from '../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aStart } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

async function aConsumer(options: Parameters<typeof aStart>[1] = {}) {
  const begun = await aStart(table, options);
  const { parts, queue, counts, log } = consumerParts({ now: table.clock.now });
  return {
    ...begun,
    queue,
    counts,
    log,
    /** Whether the message stays in the queue. */
    takes: async (body: unknown, tries = 1): Promise<boolean> => {
      const records = [receivedFor(tries, aRecord('r1', body))];
      const stays = await staysOf(startConsumer(begun.ports, parts), records, 300_000);
      return stays.length > 0;
    },
    message: (kind: 'start' | 'watch') => ({ kind, ...begun.key, progress: 0 }),
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
    expect(queue.returned.map(({ seconds }) => seconds)).toEqual([6, 90]);
  });

  it('ends its run where that did not begin however often it was tried', async () => {
    const { takes, message, stored, queue } = await aConsumer({ mail: away });

    expect(await takes(message('start'), limits.outageAttempts)).toBe(false);

    expect(await stored()).toMatchObject({ state: 'failed', problem: { status: 504 } });
    expect([queue.returned, queue.dead]).toEqual([[], []]);
  });

  it('ends its run at once where a person must look before it can begin', async () => {
    const { takes, message, stored, ports, log } = await aConsumer();
    ports.expectation = () => Promise.reject(alertPerson('configuration_malformed', 'No.'));

    expect(await takes(message('start'))).toBe(false);

    expect((await stored()).state).toBe('failed');
    expect(log.at('warn')).toMatchObject([{ details: { error_code: 'configuration_malformed' } }]);
  });

  it('goes to the dead letters where a run that has begun cannot be watched', async () => {
    const consumer = await aConsumer();
    await consumer.start();
    consumer.ports.watchLater = () => Promise.reject(new Error('SQS is away.'));

    expect(await consumer.takes(consumer.message('watch'), limits.maxAttempts)).toBe(false);

    expect(consumer.queue.dead).toMatchObject([
      { body: JSON.stringify(consumer.message('watch')), code: 'unexpected' },
    ]);
    expect((await consumer.stored()).state).toBe('running');
    expect(consumer.counts['DeadLettered']).toBe(1);
  });

  it.each([['no JSON'], [{ kind: 'start', tenant_id: 'acme' }], [null]])(
    'goes to the dead letters with its reason where it is malformed: %j',
    async (body) => {
      const { takes, queue } = await aConsumer();

      expect(await takes(body)).toBe(false);

      expect(queue.dead).toMatchObject([{ id: 'r1', code: 'malformed_message' }]);
    },
  );
});
