import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attribute, exists, expr } from '../../../lambdas/shared/store/expression.ts';
import { ItemStore } from '../../../lambdas/shared/store/item-store.ts';
import type { Table } from '../../../lambdas/shared/store/table.ts';
import { days } from '../../support/clock.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { countedTable, failingTable, startTestTable, type TestTable } from '../../support/table.ts';

interface Job {
  state?: string;
  owner?: string;
  count?: number;
  tags?: Set<string>;
  expires_at?: number;
}

let table: TestTable;
let partitions = 0;
beforeAll(async () => {
  table = await startTestTable([], 'jobs');
});
afterAll(() => table.close());

/** Jobs in a partition of their own, through this table. */
function aStore(through: Table = table) {
  const pk = `JOBS#${++partitions}`;
  const key = (sk: string) => ({ pk, sk });
  return { pk, key, jobs: new ItemStore<Job>(through, 'a job') };
}

describe('an item', () => {
  it('is read as it was written a moment ago', async () => {
    const { jobs, key } = aStore();

    await jobs.put(key('a'), { state: 'open' });

    expect(await jobs.get(key('a'))).toEqual({ ...key('a'), state: 'open' });
    expect(await jobs.get(key('b'))).toBeUndefined();
  });

  it('is none from the moment on at which it expires', async () => {
    const { jobs, key } = aStore();
    await jobs.put(key('a'), {}, { retentionDays: 2 });

    table.clock.pass(days(2) - 1_000);
    expect(await jobs.get(key('a'))).toBeDefined();

    table.clock.pass(1_000);
    expect(await jobs.get(key('a'))).toBeUndefined();
    expect(await jobs.all({ pk: key('').pk })).toEqual([]);
    expect(await jobs.batchGet([key('a')])).toEqual([]);
  });

  it('is created once, and again where it has expired', async () => {
    const { jobs, key } = aStore();

    const first = await jobs.create(key('a'), { owner: 'one' }, { retentionDays: 1 });
    const second = await jobs.create(key('a'), { owner: 'two' });

    expect(first).toMatchObject({ written: true, item: { ...key('a'), owner: 'one' } });
    expect(second).toEqual({ written: false, item: undefined });
    table.clock.pass(days(1));
    expect(await jobs.create(key('a'), { owner: 'three' })).toMatchObject({ written: true });
    expect(await jobs.get(key('a'))).toEqual({ ...key('a'), owner: 'three' });
  });

  it('is replaced where it is as the condition wants it', async () => {
    const { jobs, key } = aStore();
    await jobs.put(key('a'), { count: 1, state: 'open' });

    const stale = await jobs.putIf(key('a'), { count: 9 }, { if: expr`count = ${0}` });
    const next = await jobs.putIf(key('a'), { count: 2 }, { if: expr`count = ${1}` });

    expect([stale.written, next.written]).toEqual([false, true]);
    expect(await jobs.get(key('a'))).toEqual({ ...key('a'), count: 2 });
  });

  it('is deleted where it is as the condition wants it', async () => {
    const { jobs, key } = aStore();
    await jobs.put(key('a'), { state: 'open' });

    expect(await jobs.delete(key('a'), expr`state = ${'done'}`)).toBeUndefined();
    expect(await jobs.get(key('a'))).toBeDefined();
    expect(await jobs.delete(key('a'))).toMatchObject({ state: 'open' });
    expect(await jobs.get(key('a'))).toBeUndefined();
    expect(await jobs.delete(key('a'))).toBeUndefined();
  });
});

describe('an update of an item', () => {
  it('gives the item as it is then, made where there was none', async () => {
    const { jobs, key } = aStore();

    const made = await jobs.update(key('a'), {
      set: { state: 'open', owner: undefined },
      add: { count: 2, tags: new Set(['x', 'y']) },
    });
    const changed = await jobs.update(key('a'), {
      set: { owner: expr`if_not_exists(owner, ${'me'})` },
      add: { count: -1 },
      remove: ['state'],
      without: { tags: new Set(['x']) },
    });

    expect(made).toEqual({ ...key('a'), state: 'open', count: 2, tags: new Set(['x', 'y']) });
    expect(changed).toEqual({ ...key('a'), owner: 'me', count: 1, tags: new Set(['y']) });
  });

  it('takes names that are reserved or no words', async () => {
    const { jobs, key } = aStore();

    await jobs.update(key('a'), { set: { status: 'on', order: 1, 'worker_1-2': true } });
    const changed = await jobs.updateIf(key('a'), {
      set: { status: 'off' },
      if: expr`status = ${'on'} AND order = ${1} AND attribute_exists(${attribute('worker_1-2')})`,
    });

    expect(changed).toMatchObject({ written: true, item: { status: 'off' } });
  });

  it('is none where the condition does not hold', async () => {
    const { jobs, key } = aStore();

    const refused = await jobs.updateIf(key('a'), { set: { state: 'done' }, if: exists });

    expect(refused).toEqual({ written: false, item: undefined });
    expect(await jobs.get(key('a'))).toBeUndefined();
  });

  it('sets how long the item is kept from now on', async () => {
    const { jobs, key } = aStore();

    const { expires_at } = await jobs.update(key('a'), {
      set: { state: 'open' },
      retentionDays: 3,
    });

    expect(expires_at).toBe((table.clock.now() + days(3)) / 1000);
  });
});

describe('a write whose answer was lost, and that was sent again', () => {
  it('is known by what it alone has set', async () => {
    const { jobs, key } = aStore(withLostAnswers(table));
    const mine = ['owner'];

    const created = await jobs.create(key('a'), { owner: 'me', count: 0 }, { mine });
    const changed = await jobs.updateIf(key('a'), {
      set: { owner: 'me again' },
      add: { count: 1 },
      if: expr`owner = ${'me'}`,
      mine,
    });

    expect(created).toMatchObject({ written: true, item: { owner: 'me' } });
    expect(changed).toMatchObject({ written: true, item: { owner: 'me again', count: 1 } });
  });

  it('is not taken for done where another has written', async () => {
    const { jobs, key } = aStore();
    await jobs.put(key('a'), { owner: 'another', state: 'open' });

    const created = await jobs.create(key('a'), { owner: 'me' }, { mine: ['owner'] });
    const changed = await jobs.updateIf(key('a'), {
      set: { owner: 'another', state: 'done' },
      if: expr`owner = ${'nobody'}`,
      mine: ['owner', 'state'],
    });

    const there = { ...key('a'), owner: 'another', state: 'open' };
    expect(created).toEqual({ written: false, item: there });
    expect(changed).toEqual({ written: false, item: there });
  });

  it('is refused where it has set nothing of its own', async () => {
    const { jobs, key } = aStore(withLostAnswers(table));
    const mine = ['owner'];

    expect(await jobs.create(key('a'), { owner: 'me' })).toMatchObject({ written: false });
    expect(await jobs.create(key('b'), {}, { mine })).toMatchObject({ written: false });
  });

  it('costs a read only where its condition failed', async () => {
    const counted = countedTable(table);
    const { jobs, key } = aStore(counted);

    await jobs.create(key('a'), { owner: 'me' }, { mine: ['owner'] });
    expect(counted.calls).toEqual(['PutCommand']);
    await jobs.create(key('a'), { owner: 'you' }, { mine: ['owner'] });
    expect(counted.calls).toEqual(['PutCommand', 'PutCommand', 'GetCommand']);
  });
});

describe('a table that fails', () => {
  const calls: [name: string, call: (store: ReturnType<typeof aStore>) => Promise<unknown>][] = [
    ['read', ({ jobs, key }) => jobs.get(key('a'))],
    ['read', ({ jobs, pk }) => jobs.all({ pk })],
    ['read', ({ jobs, key }) => jobs.batchGet([key('a')])],
    ['write', ({ jobs, key }) => jobs.put(key('a'), {})],
    ['write', ({ jobs, key }) => jobs.create(key('a'), {}, { mine: ['owner'] })],
    ['write', ({ jobs, key }) => jobs.batchPut([key('a')], table.clock.now() + 1)],
    ['change', ({ jobs, key }) => jobs.update(key('a'), { set: { state: 'open' } })],
    ['change', ({ jobs, key }) => jobs.updateIf(key('a'), { set: { count: 1 }, if: exists })],
    ['delete', ({ jobs, key }) => jobs.delete(key('a'))],
  ];

  it.each(calls)('is an error of the store that is tried again: %s', async (verb, call) => {
    await expect(call(aStore(failingTable(table)))).rejects.toMatchObject({
      next: 'retry',
      code: 'store',
      message: `DynamoDB failed to ${verb} a job.`,
    });
  });

  it('is told apart from a call that is malformed', async () => {
    const { jobs, key } = aStore();

    await expect(jobs.update(key('a'), { set: { pk: 'other' } })).rejects.toMatchObject({
      code: 'unexpected',
    });
  });
});
