import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expr } from '../../../lambdas/shared/store/expression.ts';
import { ItemStore } from '../../../lambdas/shared/store/item-store.ts';
import type { Table } from '../../../lambdas/shared/store/table.ts';
import { countedTable, startTestTable, type TestTable } from '../../support/table.ts';
import { through } from '../../support/through.ts';

interface Job {
  count?: number;
  by_state?: string;
}

let table: TestTable;
let partitions = 0;
beforeAll(async () => {
  table = await startTestTable(['by_state'], 'jobs');
});
afterAll(() => table.close());

/** Jobs in a partition of their own, through this table. */
function aStore(through: Table = table) {
  const pk = `JOBS#${++partitions}`;
  const key = (sk: string) => ({ pk, sk });
  return { pk, key, jobs: new ItemStore<Job>(through, 'a job') };
}

const names = (items: object[]) => items.map((item) => Object(item).sk);

describe('a range of items', () => {
  async function aRange() {
    const store = aStore();
    const keys = ['JOB#1', 'JOB#2', 'JOB#3', 'JOB#4', 'JOB#5', 'NOTE#1'].map(store.key);
    await store.jobs.batchPut(
      keys.map((key, nth) => ({ ...key, count: nth, by_state: store.pk })),
      table.clock.now() + 1_000,
    );
    return { ...store, range: { pk: store.pk, prefix: 'JOB#' } };
  }

  it('is read page by page, each from where the one before ended', async () => {
    const { jobs, range } = await aRange();

    const first = await jobs.page(range, { limit: 2 });
    const second = await jobs.page(range, { limit: 9, after: first.next });

    expect([names(first.items), first.next]).toEqual([['JOB#1', 'JOB#2'], '2']);
    expect([names(second.items), second.next]).toEqual([['JOB#3', 'JOB#4', 'JOB#5'], undefined]);
  });

  it('is read newest first', async () => {
    const { jobs, range } = await aRange();

    const page = await jobs.page(range, { limit: 2, newestFirst: true, after: '4' });

    expect(names(page.items)).toEqual(['JOB#3', 'JOB#2']);
  });

  it('is read as a whole over as many pages as it has', async () => {
    const { jobs, range } = await aRange();

    const all = await jobs.all(range, { limit: 2, consistent: true, only: ['sk'] });

    expect(all).toEqual([1, 2, 3, 4, 5].map((nth) => ({ sk: `JOB#${nth}` })));
  });

  it('asks for a page only once its first item is wanted', async () => {
    const counted = countedTable(table);
    const { range } = await aRange();

    for await (const _job of new ItemStore(counted, 'a job').each(range, { limit: 2 })) break;

    expect(counted.calls).toEqual(['QueryCommand']);
  });

  it('begins and ends with the keys that it is between', async () => {
    const { jobs, pk } = await aRange();

    expect(names(await jobs.all({ pk, between: ['JOB#2', 'JOB#4'] }))).toEqual([
      'JOB#2',
      'JOB#3',
      'JOB#4',
    ]);
    expect(names(await jobs.all({ pk }))).toHaveLength(6);
  });

  it('is narrowed by a filter', async () => {
    const { jobs, range } = await aRange();

    expect(names(await jobs.all(range, { filter: expr`count > ${3}` }))).toEqual(['JOB#5']);
  });

  it('is found by an index, page by page', async () => {
    const { jobs, pk } = await aRange();
    const range = { pk, prefix: 'JOB#', index: { name: 'by_state', value: pk } };

    const first = await jobs.page(range, { limit: 3 });
    const second = await jobs.page(range, { limit: 3, after: first.next });

    expect(names([...first.items, ...second.items])).toEqual(
      [1, 2, 3, 4, 5].map((nth) => `JOB#${nth}`),
    );
  });
});

describe('a batch of items', () => {
  it('is written and read over as many calls as it needs, in the order of the keys', async () => {
    const counted = countedTable(table);
    const { jobs, key } = aStore(counted);
    const keys = Array.from({ length: 120 }, (_, nth) => key(String(nth)));

    await jobs.batchPut(keys, table.clock.now() + 1_000);
    const found = await jobs.batchGet([...keys.toReversed(), key('none')]);

    expect(names(found)).toEqual(keys.map(({ sk }) => sk).toReversed());
    expect(counted.calls.toSorted()).toEqual([
      ...Array(2).fill('BatchGetCommand'),
      ...Array(5).fill('BatchWriteCommand'),
    ]);
  });

  it('is sent again for what was left undone', async () => {
    let isFirst = true;
    const busy = through(table, async (command, real) => {
      if (!isFirst) return real(command);
      isFirst = false;
      return { UnprocessedItems: Object(command).input.RequestItems };
    });
    const { key } = aStore();
    const pauses = { sleep: async () => {}, random: () => 0 };

    await new ItemStore(busy, 'a job', pauses).batchPut([key('a')], table.clock.now() + 1_000);

    expect(await table.item(key('a'))).toEqual(key('a'));
  });
});
