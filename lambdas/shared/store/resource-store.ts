import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock.ts';
import { expr } from './expression.ts';
import { ItemStore, type Page } from './item-store.ts';
import {
  type Change,
  changeOf,
  type Expected,
  isAsExpected,
  isUnset,
  nextItem,
  type ResourceItem,
  type Stored,
} from './resource-item.ts';
import type { Key, Table } from './table.ts';

/** One kind of resource in a table. */
export interface ResourceKind<Body> {
  /** As errors name it: `a macro`. */
  noun: string;
  /** Where a tenant's resources are, and what their sort keys begin with. */
  pk(tenantId: string): string;
  prefix: string;
  /** What the sort keys of a resource's changes begin with; no id has the separator at its end. */
  changesOf(id: string): string;
  /** The attributes that hold the id and the body. */
  names?: { id: string; body: string };
  /** Makes a body of what a version before has kept. */
  readBody?: (kept: unknown) => Body;
  newestFirst?: boolean;
  /** Days that a resource is kept after its last change; unlimited by default. */
  retentionDays?: number;
}

/** What a change makes of a body: another body, `deleted`, no change (undefined), or why it is refused. */
type Next<Body, Refusal> = { body: Body } | 'deleted' | undefined | { refused: Refusal };

export type ChangeResult<Body, Refusal = never> =
  | { kind: 'changed'; stored: Stored<Body>; created: boolean }
  /** It is not as it was expected to be. */
  | { kind: 'conflict' }
  | { kind: 'unchanged' }
  | { kind: 'refused'; refused: Refusal };

interface Wanted<Body> {
  limit: number;
  /** The `next` of the page before. */
  after?: string | undefined;
  where?: (body: Body) => boolean;
}

/** Many may change a resource at once; each try lets one of them through. */
const maxTries = 20;
/** A page ends after so many items, though fewer of them were wanted. */
const maxLookedAt = 1_000;
const manyAtOnce = 100;
const versionDigits = 12;

/**
 * The resources of one kind, each in its tenant's partition: changed by one conditional write, which also holds the
 * change, and deleted softly. A change is stored beside the resource, without a limit, before the next one is made.
 */
export function resourceStore<Body>(table: Table, kind: ResourceKind<Body>) {
  const { names = { id: 'id', body: 'body' }, readBody = (kept) => kept as Body } = kind;
  const items = new ItemStore<Record<string, unknown>>(table, kind.noun);
  const changes = new ItemStore<{ change: string }>(table, `a change of ${kind.noun}`);
  const kept = kind.retentionDays === undefined ? {} : { retentionDays: kind.retentionDays };

  const keyOf = (tenantId: string, id: string): Key => ({
    pk: kind.pk(tenantId),
    sk: kind.prefix + id,
  });
  const itemOf = ({ [names.id]: id, [names.body]: body, ...rest }: Record<string, unknown>) =>
    ({ ...rest, id, body }) as unknown as ResourceItem;
  const storedOf = ({ id, body, version, created_at, updated_at, updated_by }: ResourceItem) => ({
    id,
    body: readBody(JSON.parse(body)),
    version,
    created_at,
    updated_at,
    updated_by,
  });

  const read = async (tenantId: string, id: string): Promise<ResourceItem | undefined> => {
    const item = await items.get(keyOf(tenantId, id));
    return item && itemOf(item);
  };

  const write = async (
    tenantId: string,
    { id, body, ...rest }: ResourceItem,
    current: ResourceItem | undefined,
  ): Promise<boolean> => {
    const attributes = { [names.id]: id, [names.body]: body, ...rest };
    const { written } = await items.putIf(keyOf(tenantId, id), attributes, {
      if: current ? expr`version = ${current.version}` : items.absent(),
      mine: ['change_id'],
      ...kept,
    });
    return written;
  };

  /** Writing it again changes nothing. */
  const keepChange = (tenantId: string, item: ResourceItem): Promise<void> => {
    const { id, ...change } = changeOf(item);
    const key = { pk: kind.pk(tenantId), sk: kind.changesOf(id) + padded(item.version) };
    return changes.put(key, { change: JSON.stringify({ [names.id]: id, ...change }) }, kept);
  };

  const changeIn = (text: string): Change<Body> => {
    const { [names.id]: id, ...change } = JSON.parse(text);
    return { id, ...change };
  };

  return {
    async find(tenantId: string, id: string): Promise<Stored<Body> | undefined> {
      const item = await read(tenantId, id);
      return item && !item.deleted ? storedOf(item) : undefined;
    },

    /** Makes what `next` makes of the body that is there; undefined stands for none. */
    async change<Refusal = never>(
      tenantId: string,
      id: string,
      { by, expected }: { by: string; expected: Expected | undefined },
      next: (body: Body | undefined) => Next<Body, Refusal>,
    ): Promise<ChangeResult<Body, Refusal>> {
      for (let tries = 0; tries < maxTries; tries++) {
        const current = await read(tenantId, id);
        if (!isAsExpected(current, expected)) return { kind: 'conflict' };
        const made = next(current && !current.deleted ? storedOf(current).body : undefined);
        if (!made) return { kind: 'unchanged' };
        if (made !== 'deleted' && 'refused' in made) return { kind: 'refused', ...made };
        // The change before is kept first: its own writer may have died before doing so.
        if (current) await keepChange(tenantId, current);
        const body = made === 'deleted' ? undefined : made.body;
        const stamp = { now: isoTime(table.clock.now()), change_id: randomUUID() };
        const item = nextItem(current, { id, body, by, ...stamp });
        if (!(await write(tenantId, item, current))) continue;
        // The change is made, and its record is in the item: it is kept by the next one at the latest.
        await keepChange(tenantId, item).catch(() => undefined);
        return { kind: 'changed', stored: storedOf(item), created: isUnset(current) };
      }
      return { kind: 'conflict' };
    },

    /** A page in the order of the ids; it may have fewer than its limit, and a next one all the same. */
    async list(
      tenantId: string,
      { limit, after, where }: Wanted<Body>,
    ): Promise<Page<Stored<Body>>> {
      const range = { pk: kind.pk(tenantId), prefix: kind.prefix };
      const order = { newestFirst: kind.newestFirst ?? false, consistent: true };
      const found: Stored<Body>[] = [];
      let [from, lookedAt] = [after, 0];
      do {
        // Behind the first page that had too few there may be many more that were deleted.
        const atOnce = where || lookedAt > 0 ? manyAtOnce : limit + 1;
        const page = await items.page(range, { ...order, limit: atOnce, after: from });
        for (const item of page.items.map(itemOf)) {
          if (item.deleted) continue;
          const stored = storedOf(item);
          if (where && !where(stored.body)) continue;
          if (found.length === limit) return { items: found, next: found.at(-1)?.id };
          found.push(stored);
        }
        lookedAt += atOnce;
        from = page.next;
      } while (from !== undefined && lookedAt < maxLookedAt);
      return { items: found, next: from };
    },

    /** The changes of a resource, the newest first, also of one that is deleted; undefined where there never was one. */
    async changes(
      tenantId: string,
      id: string,
      { limit, after }: Omit<Wanted<Body>, 'where'>,
    ): Promise<Page<Change<Body>> | undefined> {
      const current = await read(tenantId, id);
      if (!current) return undefined;
      const range = { pk: kind.pk(tenantId), prefix: kind.changesOf(id) };
      const page = await changes.page(range, { limit, newestFirst: true, after });
      const found = page.items.map(({ change }) => changeIn(change));
      const isKept = after !== undefined || found[0]?.version === current.version;
      if (isKept) return { items: found, next: page.next };
      const all = [changeOf(current) as Change<Body>, ...found];
      const last = all.length > limit ? all.at(limit - 1) : undefined;
      return { items: all.slice(0, limit), next: last ? padded(last.version) : page.next };
    },
  };
}
export type ResourceStore<Body> = ReturnType<typeof resourceStore<Body>>;

const padded = (version: number): string => String(version).padStart(versionDigits, '0');
