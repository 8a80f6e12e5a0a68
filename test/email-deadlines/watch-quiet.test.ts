import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { aRunning, ends } from './running.ts';
import { aStart } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('a run whose emails are to be sent in days', () => {
  const day = 86_400;
  const hourMs = 3_600_000;
  const inDays = (count: number) => anEmail(`in ${count} days`, { deadline: count * day });

  it('leaves to its watch what is not due within the hour', async () => {
    const mail = [anEmail('soon', { deadline: 3_000 }), inDays(5)];
    const run = await aStart(table, { mail, run: { send: 'just_in_time' } });

    await run.start();

    expect(run.enqueued()).toEqual(['soon']);
    expect(run.watches).toMatchObject([{ ahead_until: table.clock.now() + hourMs }]);
  });

  it('has each enqueued once, half an hour to an hour before its time', async () => {
    const run = await aRunning(table, {
      mail: [inDays(1), inDays(2)],
      run: { send: 'just_in_time' },
    });
    const begun = table.clock.now();
    const found: [string, number][] = [];

    for (let n = 0; n < 2 * 47; n++) {
      table.clock.pass(hourMs / 2);
      await run.watch();
      for (const id of run.enqueued()) {
        found.push([id, (table.clock.now() - begun) / hourMs]);
        await ends(table, run, id);
      }
    }

    expect(found.map(([id]) => id)).toEqual(['in 1 days', 'in 2 days']);
    for (const [index, [, hour]] of found.entries()) {
      expect((index + 1) * 24 - hour).toBeGreaterThanOrEqual(0.5);
      expect((index + 1) * 24 - hour).toBeLessThanOrEqual(1);
    }
  });

  it('is not read again by each watch until then', async () => {
    const run = await aRunning(table, { mail: [inDays(1)], run: { send: 'just_in_time' } });
    let reads = 0;
    run.ports.runs = {
      ...run.store,
      allEmails(key) {
        reads += 1;
        return run.store.allEmails(key);
      },
    };

    for (let n = 0; n < 20; n++) {
      table.clock.pass(45_000);
      await run.watch();
    }

    expect(reads).toBe(1);
    expect(run.watches).toHaveLength(21);
  });

  it('is kept for 30 days beyond the last of them', async () => {
    const run = await aRunning(table, { mail: [inDays(40)], run: { send: 'just_in_time' } });
    const last = (table.clock.now() + 40 * day * 1000) / 1000;

    const kept = await Promise.all([run.stored(), run.email('in 40 days')]);

    for (const item of kept) {
      expect(Number(Object(item).expires_at) - last).toBeGreaterThan(29.9 * day);
    }
  });
});

describe('the run of a company that is suspended', () => {
  it('pauses, and continues once the company is resumed and everybody knows it', async () => {
    const mail = [anEmail('now'), anEmail('soon', { deadline: 1_800 })];
    const run = await aRunning(table, { mail, run: { send: 'just_in_time' } });
    const enqueued: string[][] = [];

    for (const suspended of [true, true, false, false]) {
      run.ports.isSuspended = async () => suspended;
      table.clock.pass(60_000);
      await run.watch();
      enqueued.push(run.enqueued());
    }

    expect(enqueued).toEqual([[], [], [], ['now', 'soon']]);
    expect(run.log.text().match(/pauses|continues/g)).toEqual(['pauses', 'continues']);
  });
});
