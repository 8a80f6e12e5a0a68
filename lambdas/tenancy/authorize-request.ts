import type { Logger } from '@aws-lambda-powertools/logger';
import { systemClock } from '../shared/clock.ts';
import type { Meter } from '../shared/log.ts';
import type { Table } from '../shared/store/table.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import type { ApiDependencies } from './protected-app.ts';
import { usageCounter } from './stores/usage-counter.ts';

/** The tenants table of a Lambda, and the gate before its routes. */
export function apiDependencies(
  env: { TENANTS_TABLE: string },
  log: Logger,
  meter: Meter,
): { table: Table; gate: ApiDependencies } {
  const table = { client: documentClient(), name: env.TENANTS_TABLE, clock: systemClock };
  return { table, gate: { usage: usageCounter(table), clock: systemClock, log, meter } };
}
