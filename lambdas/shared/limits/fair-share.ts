import { createHash, randomUUID } from 'node:crypto';
import { errorForLog, type Log } from '../log.ts';
import { ItemStore } from '../store/item-store.ts';
import type { Table } from '../store/table.ts';

/** The invocations that handle a queue, which all tenants share. */
export interface WorkerPool {
  /** Names the pool's item, and the workers in the log. */
  name: string;
  /** How many invocations run at the same time at most. */
  concurrency: number;
}

/** What an invocation has acquired; `leave` returns it and must be called once. */
export interface Places {
  /** The tenants whose messages it may work on; those of the others wait. */
  tenants: ReadonlySet<string>;
  leave(): Promise<void>;
}

export interface FairShare {
  /**
   * Takes a place for each of these tenants that has fewer than its share of the pool's invocations. `remainingMs` is
   * the invocation's own time: the places of one that dies are free when it is over. If DynamoDB fails, all are let
   * in, because a share protects other tenants and promises nothing to this one.
   */
  enter(tenants: Iterable<string>, remainingMs: number): Promise<Places>;
}

/** One running invocation, as its attribute of the pool's item says. */
interface Worker {
  tenants: string[];
  until: number;
}

const workerPrefix = 'worker_';
const seenPrefix = 'seen_';
/** Companies are distinguished by so many marks, which bounds the item's size; two companies rarely share one. */
const seenMarks = 64;
/** For how long a company with work is remembered, and how often an instance records it. */
const [seenForMs, seenEachMs] = [7 * 86_400_000, 3_600_000];

/** For how long an instance remembers that a tenant has its share, before it asks again. */
const fullForMs = 500;

/**
 * Bounds the invocations of a pool that one tenant has, if more than one tenant had work in the last week: a tenant
 * that is alone gets all. The pool is one item with an attribute for each running invocation, so entering and
 * leaving are one unconditional write each and writers do not conflict. A newcomer sees from the item that its own
 * write returns whether the tenant had its share already.
 */
export function fairShare(table: Table, pool: WorkerPool, log: Log): FairShare {
  const workers = new ItemStore(table, 'the workers');
  const fullUntil = new Map<string, number>();
  const seenAt = new Map<string, number>();
  const key = { pk: 'WORKERS', sk: pool.name };

  /** The marks of tenants that this instance has not recorded recently. */
  const freshMarks = (tenants: string[]): string[] => {
    const now = table.clock.now();
    const fresh = [...new Set(tenants.map(markOf))].filter(
      (mark) => (seenAt.get(mark) ?? 0) + seenEachMs <= now,
    );
    for (const mark of fresh) seenAt.set(mark, now);
    return fresh;
  };

  const write = async (owner: string, worker: Worker | undefined, gone: string[]) => {
    const now = table.clock.now();
    const marks = freshMarks(worker?.tenants ?? []);
    const item = await workers.update(key, {
      set: {
        ...Object.fromEntries(marks.map((mark) => [mark, now])),
        ...(worker && { [workerPrefix + owner]: worker }),
      },
      remove: [...gone, ...(worker ? [] : [owner])].map((name) => workerPrefix + name),
      retentionDays: 8,
    });
    return { all: workersIn(item), isShared: marksIn(item, now) > 1 };
  };

  return {
    async enter(tenants, remainingMs) {
      const now = table.clock.now();
      const asking = [...new Set(tenants)].filter((tenant) => (fullUntil.get(tenant) ?? 0) <= now);
      if (asking.length === 0) return { tenants: new Set(), leave: async () => {} };
      const owner = randomUUID();
      const me = { tenants: asking, until: now + Math.max(0, remainingMs) };
      const quietly = async (work: () => Promise<unknown>) => {
        try {
          await work();
        } catch (error) {
          log.warn('The share of the workers could not be recorded; a lost place frees itself.', {
            error: errorForLog(error),
          });
        }
      };
      let entered = asking;
      let dead: string[] = [];
      await quietly(async () => {
        const { all, isShared } = await write(owner, me, []);
        const live = new Map([...all].filter(([, { until }]) => until > now));
        dead = [...all.keys()].filter((name) => !live.has(name));
        if (!isShared) return;
        entered = asking.filter((tenant) => hasPlace(tenant, owner, live, pool.concurrency));
      });
      for (const tenant_id of asking) {
        if (entered.includes(tenant_id)) continue;
        fullUntil.set(tenant_id, now + fullForMs);
        log.info('A company has its share of the workers; its messages wait for a place.', {
          tenant_id,
          workers: pool.name,
        });
      }
      if (fullUntil.size > 1_000) fullUntil.clear();
      const leave = () => quietly(() => write(owner, undefined, dead));
      if (entered.length === 0) {
        await leave();
        return { tenants: new Set(), leave: async () => {} };
      }
      if (entered.length < asking.length) {
        await quietly(() => write(owner, { ...me, tenants: entered }, []));
      }
      return { tenants: new Set(entered), leave };
    },
  };
}

const markOf = (tenant: string): string =>
  `${seenPrefix}${(createHash('sha256').update(tenant).digest()[0] ?? 0) % seenMarks}`;

/** How many tenants had work lately, as far as their marks tell them apart. */
const marksIn = (item: Record<string, unknown>, now: number): number =>
  Object.entries(item).filter(
    ([name, at]) => name.startsWith(seenPrefix) && Number(at) > now - seenForMs,
  ).length;

const workersIn = (item: Record<string, unknown>): Map<string, Worker> =>
  new Map(
    Object.entries(item).flatMap(([name, value]) =>
      name.startsWith(workerPrefix) ? [[name.slice(workerPrefix.length), value as Worker]] : [],
    ),
  );

/**
 * Whether the tenant has fewer workers than its share beside this one. DynamoDB puts the writes to an item in an order,
 * and each one's answer has those before it: of many who come at once just as many as there are places get in.
 */
function hasPlace(tenant: string, owner: string, live: Map<string, Worker>, most: number): boolean {
  const others = [...live].filter(
    ([name, { tenants }]) => name !== owner && tenants.includes(tenant),
  );
  const atWork = new Set([...live.values()].flatMap(({ tenants }) => tenants));
  return others.length < shareOf(most, atWork.size);
}

/** Of the workers, how many are never one tenant's alone: enough to find at once what others have waiting. */
const reservedShare = 0.2;

/**
 * How many of `workers` one tenant may hold while `tenants` are at work (itself among them): an equal part of what is
 * not kept free, and one at least. Both are counts of 1 or more.
 */
export function shareOf(workers: number, tenants: number): number {
  const shared = workers - Math.max(1, Math.round(workers * reservedShare));
  return Math.max(1, Math.ceil(shared / Math.max(1, tenants)));
}
