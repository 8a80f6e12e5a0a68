import type * as z from 'zod/mini';
import { alertPerson } from '../errors.ts';
import type { Log } from '../log.ts';

/** What tenants have configured, as it is stored; undefined where nothing is set. */
export interface Configurations {
  configuration(tenantId: string, feature: string): Promise<unknown>;
}

/** One feature of the tenants' configuration, as a context reads it; `LogArgs` is where a malformed value is logged. */
export interface Feature<Value, LogArgs extends [log?: Log]> {
  /** The value of a tenant. */
  read(tenants: Configurations, tenantId: string, ...args: LogArgs): Promise<Value>;
  /** The same of a stored value that was read already. */
  parse(stored: unknown, tenantId: string, ...args: LogArgs): Value;
}

/**
 * The reader of a feature. `unset` is its value where a tenant has set nothing. A stored value can be malformed, as
 * after a rollback to a version that does not know it: `alert` throws; `use-unset` logs an error and continues with
 * `unset`, where that is safe. Both say `configuration_malformed`.
 */
export function feature<Schema extends z.ZodMiniType, Unset>(
  name: string,
  schema: Schema,
  options: { unset: Unset; malformed: 'alert' },
): Feature<z.output<Schema> | Unset, []>;
export function feature<Schema extends z.ZodMiniType, Unset>(
  name: string,
  schema: Schema,
  options: { unset: Unset; malformed: 'use-unset' },
): Feature<z.output<Schema> | Unset, [log: Log]>;
export function feature<Schema extends z.ZodMiniType, Unset>(
  name: string,
  schema: Schema,
  { unset, malformed }: { unset: Unset; malformed: 'alert' | 'use-unset' },
): Feature<z.output<Schema> | Unset, [log?: Log]> {
  const parse = (stored: unknown, tenant_id: string, log?: Log) => {
    if (stored === undefined) return unset;
    const result = schema.safeParse(stored);
    if (result.success) return result.data;
    const error = alertPerson(
      'configuration_malformed',
      `The feature "${name}" of ${tenant_id} is not as this version reads it: set it again.`,
    );
    if (malformed === 'alert') throw error;
    log?.error('A feature cannot be read: its default is used.', {
      tenant_id,
      feature: name,
      error_code: error.code,
      reason: error.message,
    });
    return unset;
  };
  return {
    parse,
    read: async (tenants, tenantId, log) =>
      parse(await tenants.configuration(tenantId, name), tenantId, log),
  };
}
