import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ConfigurationStore,
  configurationStore,
} from '../../../lambdas/administration/stores/configuration-store.ts';
import type { Expected } from '../../../lambdas/administration/work/configuration-item.ts';
import { atEachCrashPoint } from '../../support/crash.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let store: ConfigurationStore;

beforeEach(async () => {
  table = await startTestTable();
  store = configurationStore(table);
});

afterEach(() => table.close());

const set = (value: unknown, expected?: Expected, by = 'key:1', into = store) =>
  into.set('acme', 'colour', { json: JSON.stringify(value), by, expected });
const remove = (expected?: Expected) => store.remove('acme', 'colour', { by: 'key:1', expected });
const changes = async () => (await store.changes('acme', 'colour', 50))?.items ?? [];

describe('a feature of the configuration', () => {
  it.each([[{ a: [1, 2.5, null] }], ['red'], [0], [false], [null], [[]], ['🎨 ünïcode']])(
    'keeps %j as it is',
    async (value) => {
      await set(value);

      expect((await store.find('acme', 'colour'))?.feature_value).toEqual(value);
    },
  );

  it('keeps depths that the database does not know', async () => {
    const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);

    await set(deep);

    expect((await store.find('acme', 'colour'))?.feature_value).toEqual(deep);
  });

  it('has a version that grows with each change, also over a deletion', async () => {
    await set('red');
    await set('green');
    await remove();
    const last = await set('blue');

    expect(last).toMatchObject({ kind: 'changed', created: true, configured: { version: 4 } });
  });

  it('is gone after its deletion, and cannot be deleted twice', async () => {
    await set('red');

    expect(await remove()).toMatchObject({ kind: 'changed' });
    expect(await store.find('acme', 'colour')).toBeUndefined();
    expect(await remove()).toBeUndefined();
    expect((await store.list('acme', 50)).items).toEqual([]);
  });

  it.each([
    [{ version: 1 }, 'changed'],
    [{ version: 2 }, 'conflict'],
    [{ version: -1 }, 'conflict'],
    ['present', 'changed'],
    ['absent', 'conflict'],
    [undefined, 'changed'],
  ] as [Expected, string][])(
    'that is at version 1, on the condition %j: %s',
    async (expected, kind) => {
      await set('red');

      expect((await set('green', expected)).kind).toBe(kind);
    },
  );

  it.each([
    [{ version: 1 }, 'conflict'],
    ['present', 'conflict'],
    ['absent', 'changed'],
  ] as [Expected, string][])('that is not set, on the condition %j: %s', async (expected, kind) => {
    expect((await set('green', expected)).kind).toBe(kind);
  });

  it('takes exactly one of the changes that were made upon the same version', async () => {
    await set(0);

    const results = await Promise.all([1, 2, 3, 4, 5].map((value) => set(value, { version: 1 })));

    expect(results.filter(({ kind }) => kind === 'changed')).toHaveLength(1);
    expect(await store.find('acme', 'colour')).toMatchObject({ version: 2 });
  });

  it('is each tenant’s own', async () => {
    await set('red');

    expect(await store.find('globex', 'colour')).toBeUndefined();
    expect(await store.changes('globex', 'colour', 50)).toBeUndefined();
    expect((await store.list('globex', 50)).items).toEqual([]);
  });

  it('is listed with the others by name, page by page', async () => {
    for (const feature of ['c', 'a', 'b']) {
      await store.set('acme', feature, { json: '1', by: 'key:1', expected: undefined });
    }

    const first = await store.list('acme', 2);
    const second = await store.list('acme', 2, first.next);

    expect(first.items.map(({ feature_name }) => feature_name)).toEqual(['a', 'b']);
    expect(second.items.map(({ feature_name }) => feature_name)).toEqual(['c']);
    expect(second.next).toBeUndefined();
  });
});

describe('the changes of a feature', () => {
  it('say who, when, what and what was before, newest first', async () => {
    await set('red', undefined, 'key:1');
    table.clock.pass(60_000);
    await set('green', undefined, 'user:2');
    await remove();

    expect(await changes()).toEqual([
      {
        feature_name: 'colour',
        version: 3,
        action: 'deleted',
        changed_by: 'key:1',
        changed_at: '2026-11-21T10:01:00.000Z',
        before: 'green',
      },
      expect.objectContaining({ version: 2, action: 'set', changed_by: 'user:2', before: 'red' }),
      expect.not.objectContaining({ before: expect.anything() }),
    ]);
  });

  it('miss none, wherever a writer dies', async () => {
    let tenants = 0;
    const calls = await atEachCrashPoint(async (process) => {
      tenants += 1;
      const tenant = `company-${tenants}`;
      const sets = (by: string, into = store) =>
        into.set(tenant, 'colour', { json: JSON.stringify(by), by, expected: undefined });
      await sets('first');

      await process.outcome(sets('dying', configurationStore(process.client(table))));
      const { feature_value: now } = (await store.find(tenant, 'colour')) ?? {};
      await sets('last');

      const { items = [] } = (await store.changes(tenant, 'colour', 50)) ?? {};
      const made = now === 'dying' ? ['last', 'dying', 'first'] : ['last', 'first'];
      expect(items.map(({ changed_by }) => changed_by)).toEqual(made);
    });
    expect(calls).toBe(4);
  });

  it('are counted once though the answer to the write is lost', async () => {
    const lossy = configurationStore(withLostAnswers(table));

    expect(await set('red', 'absent', 'key:1', lossy)).toMatchObject({ kind: 'changed' });
    expect(await set('green', { version: 1 }, 'key:1', lossy)).toMatchObject({
      kind: 'changed',
      configured: { version: 2 },
    });
    expect(await changes()).toHaveLength(2);
  });

  it('come page by page', async () => {
    for (const value of [1, 2, 3, 4, 5]) await set(value);

    const first = await store.changes('acme', 'colour', 2);
    const second = await store.changes('acme', 'colour', 2, first?.next);

    expect(first?.items.map(({ version }) => version)).toEqual([5, 4]);
    expect(second?.items.map(({ version }) => version)).toEqual([3, 2]);
  });

  it('of one feature are not those of another whose name begins alike', async () => {
    await set('red');
    await store.set('acme', 'colour2', { json: '1', by: 'key:9', expected: undefined });

    expect((await changes()).map(({ feature_name }) => feature_name)).toEqual(['colour']);
  });
});
