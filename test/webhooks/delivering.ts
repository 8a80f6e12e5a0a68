import type { SQSRecord } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import { configurationStore } from '../../lambdas/administration/stores/configuration-store.ts';
import { publicFetch } from '../../lambdas/vendors/http/public-fetch.ts';
import { deliverConsumer } from '../../lambdas/webhooks/deliver.ts';
import { endpointStore } from '../../lambdas/webhooks/stores/endpoint-store.ts';
import { receiver as receiverAt } from '../../lambdas/webhooks/vendors/receiver.ts';
import { consumerParts, staysOf } from '../support/consumer.ts';
import { startReceiver } from '../support/receiver.ts';
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

/** The consumer of deliveries with real receivers, a real store and a recorded queue. */
export function aConsumer(
  table: TestTable,
  { timeoutMs = 5_000, suspended = [] as string[], loopback = true, full = [] as string[] } = {},
) {
  const { parts, queue, log, meter, counts } = consumerParts({ now: table.clock.now, full });
  const store = endpointStore({ tenants: table, webhooks: table, loopback });
  const ports = {
    tenant: someTenants({ acme: {}, umbra: {} }, suspended).tenant,
    endpoints: store,
    signingKey: async () => signingKey,
    post: receiverAt({
      fetcher: publicFetch({ allowLoopback: loopback }),
      timeoutMs,
      now: table.clock.now,
    }),
    clock: table.clock,
    meter,
  };
  const consumer = deliverConsumer(ports, parts);
  return {
    queue,
    log,
    counts,
    store,
    /** Hands over these records; the ids of those that stay. */
    takes: (...records: SQSRecord[]): Promise<string[]> => staysOf(consumer, records, 40_000),
  };
}
