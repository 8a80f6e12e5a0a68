import type { Expected } from '../../../lambdas/shared/store/resource-item.ts';
import { resourceStore } from '../../../lambdas/shared/store/resource-store.ts';
import type { TestTable } from '../../support/table.ts';

export interface Note {
  text: string;
}

let tenants = 0;

export const noteKind = {
  noun: 'a note',
  pk: (tenantId: string) => `TENANT#${tenantId}`,
  prefix: 'NOTE#',
  changesOf: (id: string) => `CHANGE#NOTE#${id}#`,
};

export const notesOf = (table: TestTable, more: object = {}) =>
  resourceStore<Note>(table, { ...noteKind, ...more });

/** A tenant of its own and its notes, which one person changes. */
export function ownNotes(notes: ReturnType<typeof notesOf>) {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  const by = 'key:1';
  return {
    tenant,
    notes,
    set: (id: string, text: string, expected?: Expected) =>
      notes.change(tenant, id, { by, expected }, () => ({ body: { text } })),
    remove: (id: string, expected?: Expected) =>
      notes.change(tenant, id, { by, expected }, (note) => note && 'deleted'),
    textOf: async (id: string) => (await notes.find(tenant, id))?.body.text,
    changes: async (id: string) =>
      (await notes.changes(tenant, id, { limit: 50 }))?.items.map(({ version }) => version),
  };
}
