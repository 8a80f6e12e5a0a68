import { type Clock, systemClock } from '../shared/clock.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import type { Table } from '../shared/store/table.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import { type TenantDirectory, tenantDirectory } from './stores/tenant-directory.ts';
import { type UsageCounter, usageCounter } from './stores/usage-counter.ts';

/** What a function has of its tenants. */
export interface Tenancy {
  /** The tenants' table. */
  table: Table;
  /** Another table, through the same client. */
  tableOf(name: string): Table;
  tenants: TenantDirectory;
  usage: UsageCounter;
  /** What an app of protected routes needs; spelled out, since a worker has nothing of HTTP. */
  gate: Pick<FunctionParts<unknown>, 'log' | 'meter'> & { usage: UsageCounter; clock: Clock };
}

export function tenancyOf({ env, log, meter }: FunctionParts<{ TENANTS_TABLE: string }>): Tenancy {
  const client = documentClient();
  const clock = systemClock;
  const tableOf = (name: string): Table => ({ client, name, clock });
  const table = tableOf(env.TENANTS_TABLE);
  const usage = usageCounter(table);
  return {
    table,
    tableOf,
    tenants: tenantDirectory(table),
    usage,
    gate: { usage, clock, log, meter },
  };
}
