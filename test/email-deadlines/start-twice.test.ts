import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailStore } from '../../lambdas/email-deadlines/stores/email-store.ts';
import { runStore } from '../../lambdas/email-deadlines/stores/run-store.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { ends, type Start } from './running.ts';
import { aStart } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A run whose start has fetched, and does not continue before it is let. */
async function aHeldStart(run: Start) {
  const [fetched, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const starting = run.start({
    async fetchEmails() {
      fetched.resolve();
      await held.promise;
      return [anEmail('a'), anEmail('b')];
    },
  });
  await fetched.promise;
  return {
    async goesOn() {
      held.resolve();
      return starting;
    },
  };
}

describe('a run that two messages start at the same time', () => {
  it('is fetched and written by one of them, and the other comes back after it', async () => {
    const run = await aStart(table);
    const first = await aHeldStart(run);

    expect(await run.start()).toEqual({ kind: 'retry', afterSeconds: 300 });
    expect(await first.goesOn()).toEqual({ kind: 'done' });

    expect(run.fetches()).toBe(0);
    expect(run.enqueued()).toEqual(['a', 'b']);
    expect(await run.start()).toEqual({ kind: 'done' });
  });

  it('never makes a reply fresh again that was sent', async () => {
    const run = await aStart(table, { mail: [anEmail('a'), anEmail('b')] });
    const slow = await aHeldStart(run);
    table.clock.pass(301_000);
    await run.start();
    await ends(table, run, 'a');

    // Its function should have been ended by now.
    await expect(slow.goesOn()).rejects.toMatchObject({ code: 'store' });
    await run.start();

    expect((await run.email('a'))?.state).toBe('sent');
    expect(run.fetches()).toBe(1);
  });
});

describe('a start that fails', () => {
  it('is tried again at once, and not after its lease', async () => {
    const run = await aStart(table);
    const away = retryLater('mailbox_unavailable', 'It answered 503.');

    await expect(run.start({ fetchEmails: () => Promise.reject(away) })).rejects.toBe(away);

    expect(await run.start()).toEqual({ kind: 'done' });
    expect((await run.stored()).state).toBe('running');
  });

  it('is tried again after its lease where its function died', async () => {
    const run = await aStart(table);
    await aHeldStart(run);
    table.clock.pass(300_000);

    expect(await run.start()).toEqual({ kind: 'done' });

    expect(run.enqueued()).toEqual(['e1']);
  });
});

describe('a start whose answers from the store are lost', () => {
  it('enqueues its emails all the same', async () => {
    const run = await aStart(table, { mail: [anEmail('a')] });

    await run.start({ runs: runStore(withLostAnswers(table)) });

    expect(run.enqueued()).toEqual(['a']);
    expect(run.watches).toHaveLength(1);
    expect(await run.stored()).toMatchObject({ state: 'running', fetched: 1, waiting: 1 });
  });
});

describe('a run whose message comes again', () => {
  it('enqueues what may be worked on, as it is by then', async () => {
    const run = await aStart(table, { mail: ['a', 'b', 'c'].map((id) => anEmail(id)) });
    await run.start();
    run.messages();
    const store = emailStore(table);
    const inHour = table.clock.now() + 3_600_000;
    for (const id of ['b', 'c']) await store.claim({ ...run.key, email_id: id }, 'worker', inHour);
    const done = await run.email('c');
    if (done) await store.end(done, 'worker', { state: 'sent', sent_at: 1, on_time: true });

    await run.start();

    expect(run.enqueued()).toEqual(['a']);
    expect([run.fetches(), (await run.email('c'))?.state]).toEqual([1, 'sent']);
  });

  it('enqueues a draft as one, and it is still there', async () => {
    const run = await aStart(table);
    await run.start();
    run.messages();
    const email = await run.email('e1');
    const store = emailStore(table);
    await store.claim({ ...run.key, email_id: 'e1' }, 'worker', table.clock.now() + 1_000);
    if (email) await store.saveDraft(email, 'worker', { response: 'Hi', answered_by: 'full' });

    await run.start();

    expect(run.messages()).toMatchObject([{ email_id: 'e1', drafted: true }]);
    expect((await run.email('e1'))?.response).toBe('Hi');
  });

  it('is watched, though the first time ended before it said so', async () => {
    let isDown = true;
    const run = await aStart(table, {
      enqueue: async () => {
        if (isDown) throw new Error('SQS is away');
      },
    });
    await expect(run.start()).rejects.toThrow('SQS is away');
    isDown = false;

    await run.start();

    expect(run.enqueued()).toEqual(['e1']);
    expect(run.watches).toHaveLength(1);
  });

  it('is left alone when it is over', async () => {
    const run = await aStart(table, { mail: [] });
    await run.start();

    await run.start();

    expect([run.enqueued(), run.watches, run.fetches()]).toEqual([[], [], 1]);
  });
});
