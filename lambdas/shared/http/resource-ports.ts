import type { Clock } from '../clock.ts';
import { type IdempotencyStore, idempotencyStore } from '../store/idempotency-store.ts';
import type { Stored } from '../store/resource-item.ts';
import { type ResourceStore, resourceStore } from '../store/resource-store.ts';
import type { Table } from '../store/table.ts';
import type { Resource } from './resource.ts';

/** The fields of any resource. */
export type Fields = Record<string, unknown>;

/** What the routes of a resource need. */
export interface ResourcePorts {
  store: ResourceStore<Fields>;
  keys: IdempotencyStore<{ id: string }>;
  clock: Pick<Clock, 'now'>;
  /** Called with each change before its caller is answered; if it fails, the caller gets 503 and sends the change again. */
  onChange?(tenantId: string, change: ResourceChange): Promise<void>;
}

export interface ResourceChange {
  action: 'created' | 'updated' | 'deleted';
  stored: Stored<Fields>;
}

/** The resources of one kind in a table, each in its tenant's partition. */
export function resourcePorts(
  { name, body, retentionDays }: Resource,
  table: Table,
): ResourcePorts {
  const pk = (tenantId: string) => `TENANT#${tenantId}`;
  const kind = name.toUpperCase();
  return {
    store: resourceStore<Fields>(table, {
      noun: `one of the kind ${name}`,
      pk,
      prefix: `${kind}#`,
      changesOf: (id) => `CHANGE#${kind}#${id}#`,
      // A body that this version would not accept is returned as it is stored.
      readBody: (kept) => body.safeParse(kept).data ?? (kept as Fields),
      newestFirst: true,
      ...(retentionDays !== undefined && { retentionDays }),
    }),
    keys: idempotencyStore(table, {
      keyOf: (tenantId, hash) => ({ pk: pk(tenantId), sk: `IDEMPOTENCY#${kind}#${hash}` }),
    }),
    clock: table.clock,
  };
}
