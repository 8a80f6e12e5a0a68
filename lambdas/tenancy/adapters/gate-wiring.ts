import type { Logger } from '@aws-lambda-powertools/logger';
import { systemClock } from '../../runtime/clock.ts';
import type { Meter } from '../../runtime/log.ts';
import { documentClient } from '../../vendors/aws/clients.ts';
import type { Table } from '../../vendors/aws/table.ts';
import type { Gate } from '../gate.ts';
import { usageCounter } from './usage-counter.ts';

/** The tenants table of a Lambda, and the gate before its routes. */
export function gateOf(
  env: { TENANTS_TABLE: string },
  log: Logger,
  meter: Meter,
): { table: Table; gate: Gate } {
  const table = { client: documentClient(), name: env.TENANTS_TABLE, clock: systemClock };
  return { table, gate: { usage: usageCounter(table), clock: systemClock, log, meter } };
}
