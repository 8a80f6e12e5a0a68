import * as z from 'zod/mini';
import { resource } from '../../../lambdas/shared/http/resource.ts';
import { type ResourceChange, resourcePorts } from '../../../lambdas/shared/http/resource-ports.ts';
import { serveResource } from '../../../lambdas/shared/http/serve-resource.ts';
import { protectedApp } from '../../../lambdas/tenancy/protected-app.ts';
import { type Calling, calling } from '../../support/calling.ts';
import { recordedLog, recordedMeter } from '../../support/log.ts';
import type { TestTable } from '../../support/table.ts';

const notes = resource({
  name: 'note',
  plural: 'notes',
  path: '/notes',
  tag: 'Notes',
  scopes: { read: 'leads:read', write: 'leads:write' },
  body: z.strictObject({
    text: z.string().check(z.minLength(1), z.maxLength(20)),
    colour: z.optional(z.enum(['red', 'green'])),
    tags: z._default(z.array(z.string()), []),
  }),
  filters: ['colour', 'tags'],
  maxBodyBytes: 200,
});

let tenants = 0;

export interface View {
  id: string;
  text: string;
  version: number;
}

const newTenant = (): string => {
  tenants += 1;
  return `tenant-${tenants}`;
};

/** The routes of notes for a tenant of its own; `told` is what whoever listens was told of. */
export function notesApp(
  table: TestTable,
  { listen, tenant = newTenant() }: { listen?: () => Promise<void>; tenant?: string } = {},
) {
  const told: ResourceChange[] = [];
  const { app, serve } = protectedApp({
    usage: { tryAcquireRequest: async () => ({ acquired: true }) },
    clock: table.clock,
    log: recordedLog(),
    meter: recordedMeter(),
  });
  serveResource(serve, notes, {
    ...resourcePorts(notes, table),
    async onChange(_tenantId, change) {
      await listen?.();
      told.push(change);
    },
  });
  const ask = (method: string, path: string, more: Calling = {}) =>
    calling(app, method, path, { tenant, scopes: ['leads:read', 'leads:write'], ...more });
  return {
    tenant,
    told,
    ask,
    post: (body: unknown, headers: Record<string, string> = {}) =>
      ask('POST', '/notes', { body, headers }),
    make: async (body: object): Promise<View> => dataOf(await ask('POST', '/notes', { body })),
    at: (id: string, method: string, body?: unknown, headers: Record<string, string> = {}) =>
      ask(method, `/notes/${id}`, { headers, ...(body !== undefined && { body }) }),
    textsIn: async (query: string) =>
      (await dataOf<View[]>(await ask('GET', `/notes${query}`))).map(({ text }) => text),
  };
}

export async function dataOf<Data>(response: Response): Promise<Data> {
  const answer = (await response.json()) as { success: true; data: Data };
  if (!answer.success) throw new Error(JSON.stringify(answer));
  return answer.data;
}

export const problemOf = async (response: Response) => {
  const { type = '', ...rest } = (await response.json()) as Record<string, unknown>;
  return { ...rest, type: String(type).replace('urn:replies-engine:error:', '') };
};
