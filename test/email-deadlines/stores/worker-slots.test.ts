import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { workerSlots } from '../../../lambdas/email-deadlines/stores/worker-slots.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { countedTable, startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let key = { pk: '', sk: 'SLOTS' };
let runs = 0;

beforeAll(async () => {
  table = await startTestTable();
});

beforeEach(() => {
  runs += 1;
  key = { pk: `TENANT#acme#RUN#${runs}`, sk: 'SLOTS' };
});

afterAll(() => table.close());

const inSeconds = (seconds: number) => table.clock.now() + seconds * 1000;
const hold = (owner: string, slots: number, limit = 10, until = inSeconds(45)) =>
  workerSlots(table).hold(key, owner, { slots, limit, until });

describe('the slots of workers', () => {
  it('are given as far as they reach', async () => {
    expect([await hold('a', 6), await hold('b', 6), await hold('c', 6)]).toEqual([6, 4, 0]);
  });

  it('are never more than the limit over owners that ask at the same time', async () => {
    const owners = Array.from({ length: 6 }, (_, n) => `owner-${n}`);

    const held = await Promise.all(owners.map((owner) => hold(owner, 4, 10)));

    expect(held.reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it('are asked for without a write where there are none', async () => {
    await hold('a', 10);
    const counted = countedTable(table);

    const wanted = { slots: 4, limit: 10, until: inSeconds(45) };
    expect(await workerSlots(counted).hold(key, 'b', wanted)).toBe(0);
    expect(counted.calls).toEqual(['GetCommand']);
  });

  it('are held once by an owner that asks again', async () => {
    await hold('a', 6);

    expect([await hold('a', 8), await hold('b', 8)]).toEqual([8, 2]);
  });

  it('are free again when they are given back', async () => {
    await hold('a', 10);
    await hold('a', 0, 0, 0);

    expect(await hold('b', 10)).toBe(10);
  });

  it('of a dead owner come back with the end of its lease', async () => {
    await hold('dead', 10);

    table.clock.pass(44_000);
    const before = await hold('b', 10);
    table.clock.pass(1_000);
    const after = await hold('b', 10);

    expect([before, after]).toEqual([0, 10]);
  });

  it('are none where the limit has been lowered below what others hold', async () => {
    await hold('a', 8);

    expect(await hold('b', 4, 5)).toBe(0);
  });

  it('are held once though the answer to it was lost', async () => {
    const slots = workerSlots(withLostAnswers(table, (nth) => nth === 1));

    const held = await slots.hold(key, 'a', { slots: 6, limit: 10, until: inSeconds(45) });

    expect([held, await hold('b', 10)]).toEqual([6, 4]);
  });
});
