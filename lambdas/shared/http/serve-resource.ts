import { v7 as uuidv7 } from 'uuid';
import type { Stored } from '../store/resource-item.ts';
import type { ChangeResult } from '../store/resource-store.ts';
import { expiresAt } from '../store/table.ts';
import { succeeded, succeededPage } from './envelope.ts';
import { invalid, parsed } from './faults.ts';
import { keyReused } from './idempotency-key.ts';
import { isLongerWritten } from './json-body.ts';
import { etagOf, preconditionFailed } from './preconditions.ts';
import { type Problem, tooLarge } from './problem.ts';
import type { Resource } from './resource.ts';
import type { Fields, ResourcePorts } from './resource-ports.ts';
import type { Answer, Input, Route } from './route.ts';

interface ByCaller {
  caller: { tenant_id: string; principal: string };
}

/** Serves a route to callers who may use it, as `protectedApp` does. */
export type Serve<Access extends string> = <R extends Route<Access>>(
  route: R,
  handler: (input: Input<R> & ByCaller) => Answer<R> | Promise<Answer<R>>,
) => void;

/** What each change of a resource names. */
type Changing = Pick<Input<Resource['routes']['remove']>, 'params' | 'headers'> & ByCaller;

/** How long it is known which resource a key has made. */
const keyRetentionDays = 1;

/** Serves all routes of a resource. */
export function serveResource<Access extends string>(
  serve: Serve<Access>,
  resource: Resource<Access>,
  ports: ResourcePorts,
): void {
  serveCreate(serve, resource, ports);
  serveReading(serve, resource, ports);
  serveChanging(serve, resource, ports);
}

function serveCreate<Access extends string>(
  serve: Serve<Access>,
  { path, routes }: Resource<Access>,
  { store, keys, clock, onChange }: ResourcePorts,
): void {
  /** The id under which a key has its resource made, each time the same; undefined for a key of another request. */
  const idFor = async (tenantId: string, key: string | undefined, body: Fields) => {
    const id = uuidv7({ msecs: clock.now() });
    if (key === undefined) return id;
    const claim = await keys.acquire(tenantId, {
      key,
      forms: [JSON.stringify(body)],
      wanted: { id },
      expires_at: expiresAt(clock.now(), keyRetentionDays),
      // The store finds it as it makes it, also where it is deleted, and is not to be made again.
      find: async () => undefined,
    });
    return claim.kind === 'acquired' ? claim.kept.id : undefined;
  };

  serve(routes.create, async ({ headers, body, caller: { tenant_id, principal } }) => {
    const { maxBodyBytes } = routes.create;
    if (isLongerWritten(body, maxBodyBytes)) return tooLarge(maxBodyBytes);
    const id = await idFor(tenant_id, headers['Idempotency-Key'], body);
    if (id === undefined) return keyReused;
    const by = { by: principal, expected: 'new' } as const;
    const result = await store.change(tenant_id, id, by, () => ({ body }));
    const isNew = result.kind === 'changed';
    const stored = isNew ? result.stored : await store.find(tenant_id, id);
    if (!stored) return undefined;
    // Also where it was made before: that request may have died before it told anybody.
    await onChange?.(tenant_id, { action: 'created', stored });
    return {
      status: isNew ? 201 : 200,
      headers: { ...etagOf(stored), location: `${path}/${id}` },
      body: succeeded(viewOf(stored)),
    };
  });
}

function serveReading<Access extends string>(
  serve: Serve<Access>,
  { routes }: Resource<Access>,
  { store }: ResourcePorts,
): void {
  serve(routes.list, async ({ query: { limit, cursor, ...filters }, caller }) => {
    const wanted = Object.entries(filters);
    const where = (fields: Fields) => wanted.every(([name, value]) => has(fields[name], value));
    const { items, next } = await store.list(caller.tenant_id, {
      limit,
      after: cursor,
      ...(wanted.length > 0 && { where }),
    });
    return { body: succeededPage(items.map(viewOf), next) };
  });

  serve(routes.get, async ({ params, caller }) => {
    const stored = await store.find(caller.tenant_id, params.id);
    return stored && answered(stored);
  });

  serve(routes.changes, async ({ params, query: { limit, cursor }, caller }) => {
    const page = await store.changes(caller.tenant_id, params.id, { limit, after: cursor });
    return page && { body: succeededPage(page.items, page.next) };
  });
}

function serveChanging<Access extends string>(
  serve: Serve<Access>,
  { name, body: schema, routes }: Resource<Access>,
  { store, onChange }: ResourcePorts,
): void {
  const { maxBodyBytes } = routes.create;

  const fitting = (fields: Fields): { body: Fields } | { refused: Problem } => {
    const result = parsed(schema, fields);
    if ('faults' in result) return { refused: invalid(result.faults) };
    const isTooLarge = isLongerWritten(result.value, maxBodyBytes);
    return isTooLarge ? { refused: tooLarge(maxBodyBytes) } : { body: result.value };
  };

  /** The resource after a change that was made, or the answer to one that was not. */
  const settled = async (
    tenantId: string,
    action: 'updated' | 'deleted',
    result: ChangeResult<Fields, Problem>,
  ): Promise<{ stored: Stored<Fields> } | { problem: Problem | undefined }> => {
    if (result.kind === 'refused') return { problem: result.refused };
    if (result.kind === 'unchanged') return { problem: undefined };
    if (result.kind === 'conflict')
      return { problem: preconditionFailed(`The ${name.replaceAll('_', ' ')}`) };
    await onChange?.(tenantId, { action, stored: result.stored });
    return result;
  };

  const update = async ({ params, headers, caller }: Changing, next: (there: Fields) => Fields) => {
    const by = { by: caller.principal, expected: headers['If-Match'] };
    const result = await store.change<Problem>(
      caller.tenant_id,
      params.id,
      by,
      (there) => there && fitting(next(there)),
    );
    const after = await settled(caller.tenant_id, 'updated', result);
    return 'stored' in after ? answered(after.stored) : after.problem;
  };

  serve(routes.replace, ({ body, ...changing }) => update(changing, () => body));

  serve(routes.update, ({ body, ...changing }) =>
    update(changing, (there) => merged(there, body, schema.shape)),
  );

  serve(routes.remove, async ({ params, headers, caller: { tenant_id, principal } }) => {
    const by = { by: principal, expected: headers['If-Match'] };
    const result = await store.change(tenant_id, params.id, by, (there) => there && 'deleted');
    const after = await settled(tenant_id, 'deleted', result);
    return 'stored' in after ? {} : after.problem;
  });
}

/** A resource as its tenant sees it. */
const viewOf = ({ id, body, ...stamps }: Stored<Fields>) => ({ ...body, id, ...stamps });

const answered = (stored: Stored<Fields>) => ({
  headers: etagOf(stored),
  body: succeeded(viewOf(stored)),
});

/** Whether a field has a value that a query asks for, or has it in its list. */
const has = (field: unknown, value: unknown): boolean =>
  [field].flat().some((one) => one !== undefined && one !== null && String(one) === value);

/** RFC 7396: null takes a field away. Null for a name that no field has stays, and is refused as any value is. */
function merged(there: Fields, patch: Fields, shape: object): Fields {
  const isField = (name: string) => Object.hasOwn(shape, name) || Object.hasOwn(there, name);
  return Object.fromEntries(
    Object.entries({ ...there, ...patch }).filter(
      ([name]) => patch[name] !== null || !isField(name),
    ),
  );
}
