import type { SQSRecord } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import { configurationStore } from '../../lambdas/administration/stores/configuration-store.ts';
import type { ConsumerQueue } from '../../lambdas/shared/queue/consumer-queue.ts';
import { settlement } from '../../lambdas/shared/queue/settlement.ts';
import { publicFetch } from '../../lambdas/vendors/http/public-fetch.ts';
import { consumeBatch, type DeliveryConsumer } from '../../lambdas/webhooks/consume-batch.ts';
import { endpointStore } from '../../lambdas/webhooks/stores/endpoint-store.ts';
import { receiver as receiverAt } from '../../lambdas/webhooks/vendors/receiver.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { startReceiver } from '../support/receiver.ts';
import { sharedBut } from '../support/share.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { someTenants } from '../support/tenants.ts';

export const signingKey = 'k'.repeat(64);

/** A table with what companies have configured, gone after the test. */
export async function aTable(): Promise<TestTable> {
  const table = await startTestTable();
  onTestFinished(() => table.close());
  return table;
}

export async function aReceiver() {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

export const configure = (table: TestTable, tenantId: string, feature: object) =>
  configurationStore(table).set(tenantId, 'webhooks', {
    json: JSON.stringify(feature),
    by: 'key:test',
    expected: undefined,
  });

/** The consumer of deliveries with real receivers and a real store; `returned` and `dead` are what became of messages. */
export function aConsumer(
  table: TestTable,
  { timeoutMs = 5_000, suspended = [] as string[], loopback = true, full = [] as string[] } = {},
) {
  const returned: { id: string; seconds: number }[] = [];
  const dead: { id: string; code: string }[] = [];
  const sentAgain: { id: string; seconds: number }[] = [];
  const log = recordedLog();
  const meter = recordedMeter();
  const store = { tenants: table, webhooks: table, loopback };
  const queue: ConsumerQueue = {
    returnAfter: async ({ messageId }, seconds) => void returned.push({ id: messageId, seconds }),
    sendAgain: async ({ messageId }, seconds) => void sentAgain.push({ id: messageId, seconds }),
    deadLetter: async ({ messageId }, { code }) => void dead.push({ id: messageId, code }),
  };
  const consumer: DeliveryConsumer = {
    ports: {
      tenant: someTenants({ acme: {}, umbra: {} }, suspended).tenant,
      endpoints: endpointStore(store),
      signingKey: async () => signingKey,
      post: receiverAt({
        fetcher: publicFetch({ allowLoopback: loopback }),
        timeoutMs,
        now: table.clock.now,
      }),
      clock: table.clock,
      random: () => 0.5,
      log,
      meter,
    },
    settlement: settlement({ queue, meter, clock: table.clock }),
    share: sharedBut(...full),
  };
  return {
    consumer,
    queue,
    returned,
    dead,
    sentAgain,
    log,
    counts: meter.counts,
    store: endpointStore(store),
    /** Hands over these records; the ids of those that stay. */
    async takes(...records: SQSRecord[]): Promise<string[]> {
      const { batchItemFailures } = await consumeBatch(records, consumer, 40_000);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
  };
}
