import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailStore } from '../../lambdas/email-deadlines/adapters/email-store.ts';
import { noCounts } from '../../lambdas/email-deadlines/domain/run.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './office.ts';
import { aChain, aStart, hasBegun } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

type Start = Awaited<ReturnType<typeof aStart>>;

/** A run that has begun, with nothing done. */
async function aRunning(options: Parameters<typeof aStart>[1] = {}): Promise<Start> {
  const run = await aStart(table, { mail: ['a', 'b'].map((id) => anEmail(id)), ...options });
  await run.start();
  run.messages();
  return run;
}

/** Ends an email without its run’s counts, as a worker does that dies between the two. */
async function ends(run: Start, id: string, state: 'sent' | 'failed' = 'sent'): Promise<void> {
  const store = emailStore(table);
  await store.claim({ ...run.key, email_id: id }, 'worker', table.clock.now() + 1_000);
  const email = await run.email(id);
  if (!email) throw new Error(`Expected an email ${id}, got none.`);
  const ending =
    state === 'sent'
      ? { state, sent_at: table.clock.now(), on_time: true }
      : { state, reason: '400', failed_at: table.clock.now() };
  await store.end(email, 'worker', ending);
}

describe('the watch over a run', () => {
  it('does nothing while drafts are made', async () => {
    const run = await aRunning();
    await run.store.count(run.key, { waiting: -1, drafted: 1 });

    await run.watch();

    expect(run.enqueued()).toEqual([]);
    expect(run.watches).toHaveLength(2);
  });

  it('does nothing while what was drafted is sent', async () => {
    const run = await aRunning();
    await run.store.count(run.key, { waiting: -2, drafted: 2 });
    await run.watch();

    await run.store.count(run.key, { drafted: -1, sent: 1, on_time: 1 });
    await run.watch();

    expect(run.enqueued()).toEqual([]);
    expect(run.watches).toHaveLength(3);
  });

  it('enqueues again what stands still', async () => {
    const run = await aRunning();
    await ends(run, 'a');

    await run.watch();

    expect(run.enqueued()).toEqual(['b']);
    expect(run.log.lines.join()).toContain('stood still');
    expect(run.watches).toHaveLength(2);
  });

  it('leaves alone what a worker has in hand', async () => {
    const run = await aRunning();
    const until = table.clock.now() + 60_000;
    await emailStore(table).claim({ ...run.key, email_id: 'a' }, 'worker', until);

    await run.watch();
    const during = run.enqueued();
    table.clock.pass(60_000);
    await run.watch();

    expect(during).toEqual(['b']);
    expect(run.enqueued()).toEqual(['a', 'b']);
  });

  it('enqueues none of content whose parents are not done', async () => {
    const run = await aRunning({ mail: aChain(), run: { dependency_kind: 'content' } });

    await run.watch();

    expect(run.enqueued()).toEqual(['first']);
  });

  it('leaves alone what is only not due yet, until it is', async () => {
    const mail = [anEmail('soon', { deadline: 20 }), anEmail('late', { deadline: 600 })];
    const run = await aRunning({ mail, run: { send: 'just_in_time' } });

    await run.watch();
    const before = run.enqueued();
    table.clock.pass(45_000);
    await run.watch();

    expect(before).toEqual([]);
    expect(run.enqueued()).toEqual(['soon']);
  });

  it('counts anew and closes a run whose counts were lost', async () => {
    const run = await aRunning();
    await ends(run, 'a');
    await ends(run, 'b', 'failed');

    await run.watch();

    expect(await run.stored()).toMatchObject({
      state: 'completed',
      fetched: 2,
      waiting: 0,
      drafted: 0,
      sent: 1,
      on_time: 1,
      late: 0,
      failed: 1,
    });
    expect(run.watches).toHaveLength(1);
  });

  it('closes an empty run that died before it was closed', async () => {
    const run = await aStart(table, { mail: [] });
    await hasBegun(run.store, run.key, {});

    await run.start();
    await run.watch();

    expect((await run.stored()).state).toBe('completed');
  });

  it('ends with the run', async () => {
    const run = await aRunning();
    await run.store.complete(run.key, { ...noCounts, fetched: 2, sent: 2 });

    await run.watch();

    expect(run.watches).toHaveLength(1);
    expect(run.enqueued()).toEqual([]);
  });
});

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
    const run = await aRunning({
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
        await ends(run, id);
      }
    }

    expect(found.map(([id]) => id)).toEqual(['in 1 days', 'in 2 days']);
    for (const [index, [, hour]] of found.entries()) {
      expect((index + 1) * 24 - hour).toBeGreaterThanOrEqual(0.5);
      expect((index + 1) * 24 - hour).toBeLessThanOrEqual(1);
    }
  });

  it('is not read again by each watch until then', async () => {
    const run = await aRunning({ mail: [inDays(1)], run: { send: 'just_in_time' } });
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
    const run = await aRunning({ mail: [inDays(40)], run: { send: 'just_in_time' } });
    const last = (table.clock.now() + 40 * day * 1000) / 1000;

    const kept = await Promise.all([run.stored(), run.email('in 40 days')]);

    for (const item of kept) {
      expect(Number(Object(item).expires_at) - last).toBeGreaterThan(29.9 * day);
    }
  });
});

describe('the run of a company that is suspended', () => {
  it('rests, and goes on once the company is resumed and everybody knows it', async () => {
    const mail = [anEmail('now'), anEmail('soon', { deadline: 1_800 })];
    const run = await aRunning({ mail, run: { send: 'just_in_time' } });
    const handedOut: string[][] = [];

    for (const suspended of [true, true, false, false]) {
      run.ports.isSuspended = async () => suspended;
      table.clock.pass(60_000);
      await run.watch();
      handedOut.push(run.enqueued());
    }

    expect(handedOut).toEqual([[], [], [], ['now', 'soon']]);
    expect(run.log.lines.join().match(/rests|goes on/g)).toEqual(['rests', 'goes on']);
  });
});
