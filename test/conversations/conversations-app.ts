import { afterAll, beforeAll } from 'vitest';
import { conversationsApp } from '../../lambdas/conversations/conversations-api.ts';
import { type Calling, calling } from '../support/calling.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

let tenants = 0;

/** The routes of this context on a store, each test's for a tenant of its own, held against the OpenAPI document. */
export function conversations() {
  let table: TestTable;
  beforeAll(async () => {
    table = await startTestTable();
  });
  afterAll(() => table.close());

  return () => {
    tenants += 1;
    const tenant = `tenant-${tenants}`;
    const app = conversationsApp({
      usage: { tryAcquireRequest: async () => ({ acquired: true }) },
      clock: table.clock,
      log: recordedLog(),
      meter: recordedMeter(),
      table,
    });
    const ask = async (method: string, path: string, more: Calling = {}) => {
      const scopes = ['conversations:read', 'conversations:write'] as const;
      const response = await calling(app, method, path, { tenant, scopes, ...more });
      return documented(method, path, response);
    };
    return Object.assign(ask, { clock: table.clock });
  };
}

/** All faults of a refusal, by their pointers. */
export async function faultsOf(response: Response): Promise<Record<string, string>> {
  const { errors = [] } = (await response.json()) as {
    errors?: { pointer: string; detail: string }[];
  };
  return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]));
}
