import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../../lambdas/shared/store/resource-item.ts';
import { days } from '../../support/clock.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { through } from '../../support/through.ts';
import { type Note, noteKind, notesOf, ownNotes } from './notes.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const aTenant = (more: object = {}) => ownNotes(notesOf(table, more));

describe('a resource', () => {
  it('is found as it was kept, with who changed it last and when', async () => {
    const { tenant, notes, set } = aTenant();
    await set('a', 'one');
    table.clock.pass(1_000);
    await set('a', 'two');

    const at = (ms: number) => new Date(table.clock.now() + ms).toISOString();
    expect(await notes.find(tenant, 'a')).toEqual({
      id: 'a',
      body: { text: 'two' },
      version: 2,
      created_at: at(-1_000),
      updated_at: at(0),
      updated_by: 'key:1',
    });
  });

  it('that is new is made where there never was one, and not where one was deleted', async () => {
    const { set, remove, textOf } = aTenant();

    expect(await set('a', 'one', 'new')).toMatchObject({ kind: 'changed', created: true });
    await remove('a');

    expect(await set('a', 'two', 'new')).toEqual({ kind: 'conflict' });
    expect(await textOf('a')).toBeUndefined();
    expect(await set('a', 'two', 'absent')).toMatchObject({
      created: true,
      stored: { version: 3 },
    });
  });

  it('is left as it is where a change makes nothing of it', async () => {
    const { tenant, notes, set, changes } = aTenant();
    await set('a', 'one');

    const result = await notes.change(
      tenant,
      'a',
      { by: 'key:2', expected: undefined },
      () => undefined,
    );

    expect(result).toEqual({ kind: 'unchanged' });
    expect(await changes('a')).toEqual([1]);
  });

  it('is changed upon what is there, however many change it at once', async () => {
    const { tenant, notes, set, textOf, changes } = aTenant();
    await set('a', '');
    const by = { by: 'key:1', expected: undefined };

    await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((letter) =>
        notes.change(tenant, 'a', by, (note) => ({ body: { text: `${note?.text}${letter}` } })),
      ),
    );

    expect((await textOf('a'))?.split('').sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await changes('a')).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('is read as this version means it', async () => {
    const readBody = (kept: unknown) => ({ text: (kept as Note).text.toUpperCase() });
    const { set, textOf } = aTenant({ readBody });
    await set('a', 'one');

    expect(await textOf('a')).toBe('ONE');
  });

  it('that is kept for some days is none after them, nor are its changes', async () => {
    const { tenant, notes, set, textOf } = aTenant({ retentionDays: 2 });
    await set('a', 'one');
    table.clock.pass(days(1.5));
    await set('a', 'two');

    table.clock.pass(days(1));
    expect(await textOf('a')).toBe('two');
    table.clock.pass(days(1) + 1_000);
    expect(await textOf('a')).toBeUndefined();
    expect((await notes.list(tenant, { limit: 9 })).items).toEqual([]);
    expect(await notes.changes(tenant, 'a', { limit: 9 })).toBeUndefined();
    expect(await set('a', 'three', 'new')).toMatchObject({ stored: { version: 1 } });
  });
});

describe('the list of resources', () => {
  it('has full pages, whatever was deleted or does not fit', async () => {
    const { tenant, notes, set, remove } = aTenant();
    for (let n = 10; n < 30; n++) await set(`n${n}`, n % 2 ? 'odd' : 'even');
    for (let n = 10; n < 20; n++) await remove(`n${n}`);
    const where = ({ text }: Note) => text === 'odd';

    const first = await notes.list(tenant, { limit: 3, where });
    const second = await notes.list(tenant, { limit: 3, where, after: first.next });

    expect(first).toMatchObject({ items: [{ id: 'n21' }, { id: 'n23' }, { id: 'n25' }] });
    expect(second).toMatchObject({ items: [{ id: 'n27' }, { id: 'n29' }], next: undefined });
  });

  it('ends a page after a thousand that do not fit, and continues behind them', async () => {
    const { tenant, notes } = aTenant();
    const { pk, prefix } = { pk: noteKind.pk(tenant), prefix: noteKind.prefix };
    const stamps = { version: 1, created_at: '', updated_at: '', updated_by: 'key:1' };
    const idOf = (n: number) => `n${String(n).padStart(4, '0')}`;
    await Promise.all(
      Array.from({ length: 1_001 }, (_, n) =>
        table.put({ pk, sk: prefix + idOf(n), id: idOf(n), body: `{"text":"${n}"}`, ...stamps }),
      ),
    );
    const where = ({ text }: Note) => text === '1000';

    const first = await notes.list(tenant, { limit: 1, where });
    const second = await notes.list(tenant, { limit: 1, where, after: first.next });

    expect(first).toEqual({ items: [], next: idOf(999) });
    expect(second).toMatchObject({ items: [{ id: idOf(1_000) }], next: undefined });
  });

  it('takes few reads, however many were deleted behind a full page', async () => {
    let reads = 0;
    const counting = through(table, (command, real) => {
      reads += 1;
      return real(command);
    });
    const { tenant, set } = aTenant();
    await set('n000', 'first');
    const { pk, prefix } = { pk: noteKind.pk(tenant), prefix: noteKind.prefix };
    await Promise.all(
      Array.from({ length: 300 }, (_, n) => {
        const id = `n${n + 100}`;
        return table.put({ pk, sk: prefix + id, id, body: 'null', version: 2, deleted: true });
      }),
    );
    await set('n999', 'last');

    const page = await notesOf(counting).list(tenant, { limit: 1 });

    expect(page).toMatchObject({ items: [{ id: 'n000' }], next: 'n000' });
    expect(reads).toBeLessThan(10);
  });
});

describe('the changes of a resource', () => {
  it('miss none, though each writer dies between the change and its record', async () => {
    const dying = through(table, (command, real) => {
      const { sk, change } = Object(command).input.Item ?? {};
      const isOwnRecord =
        String(sk).startsWith('CHANGE#') && JSON.parse(change).changed_by === 'dying';
      return isOwnRecord ? Promise.reject(new Error('The function has died.')) : real(command);
    });
    const { tenant, notes, set } = aTenant();
    const by = { by: 'dying', expected: undefined };

    await notesOf(dying).change(tenant, 'a', by, () => ({ body: { text: 'one' } }));
    const alone = await notes.changes(tenant, 'a', { limit: 1 });
    await set('a', 'two');
    await notesOf(dying).change(tenant, 'a', by, () => ({ body: { text: 'three' } }));
    const pages: (Change<Note> | undefined)[] = [];
    let after: string | undefined;
    do {
      const page = await notes.changes(tenant, 'a', { limit: 1, after });
      pages.push(...(page?.items ?? []));
      after = page?.next;
    } while (after !== undefined);

    expect(alone).toMatchObject({ items: [{ version: 1, changed_by: 'dying' }] });
    expect(pages).toMatchObject([
      { version: 3, changed_by: 'dying', before: { text: 'two' } },
      { version: 2, changed_by: 'key:1', before: { text: 'one' } },
      { version: 1, changed_by: 'dying' },
    ]);
  });

  it('are not made while the change before cannot be kept', async () => {
    const { tenant, set, textOf } = aTenant();
    await set('a', 'one');
    const away = notesOf(failingTable(table));

    const change = away.change(tenant, 'a', { by: 'key:1', expected: undefined }, () => 'deleted');

    await expect(change).rejects.toMatchObject({ code: 'store', next: 'retry' });
    expect(await textOf('a')).toBe('one');
  });
});
