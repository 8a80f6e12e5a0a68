import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveUp } from '../../lambdas/email-deadlines/work/start-run.ts';
import { alertPerson, discardWork, retryLater } from '../../lambdas/shared/errors.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { aChain, aStart } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('a run that begins', () => {
  it('fetches the emails, enqueues them, and has itself watched', async () => {
    const run = await aStart(table, { mail: [anEmail('e1'), anEmail('e2')] });

    await run.start();

    expect(run.enqueued()).toEqual(['e1', 'e2']);
    expect(await run.stored()).toMatchObject({ state: 'running', fetched: 2, waiting: 2 });
    expect(run.watches).toEqual([{ kind: 'watch', ...run.key, progress: 0 }]);
  });

  it('counts deadlines from the fetch', async () => {
    const run = await aStart(table, { mail: [anEmail('e1', { deadline: 30 })] });

    table.clock.pass(10_000);
    await run.start();

    expect((await run.email('e1'))?.deadline_at).toBe(table.clock.now() + 30_000);
  });

  it('counts the deadlines of emails that came with the request from there', async () => {
    const requested = table.clock.now();
    const run = await aStart(table, { given: [anEmail('e1', { deadline: 30 })] });

    table.clock.pass(10_000);
    await run.start();

    expect(run.fetches()).toBe(0);
    expect((await run.email('e1'))?.deadline_at).toBe(requested + 30_000);
  });

  it('enqueues first what is needed first', async () => {
    const mail = [
      anEmail('late'),
      anEmail('soon', { deadline: 9 }),
      anEmail('next', { deadline: 20 }),
    ];
    const run = await aStart(table, { mail });

    await run.start();

    expect(run.enqueued()).toEqual(['soon', 'next', 'late']);
  });

  it('of order enqueues all emails, for their drafts', async () => {
    const run = await aStart(table, { mail: aChain() });

    await run.start();

    expect(run.enqueued()).toEqual(['first', 'second', 'third']);
  });

  it('of content enqueues only those that wait for none', async () => {
    const run = await aStart(table, { mail: aChain(), run: { dependency_kind: 'content' } });

    await run.start();

    expect(run.enqueued()).toEqual(['first']);
    expect(await run.stored()).toMatchObject({ fetched: 3, waiting: 3 });
  });

  it('just in time says of each email before when it is not to be sent', async () => {
    const run = await aStart(table, { run: { send: 'just_in_time' } });

    await run.start();
    const [message] = run.messages();
    const deadline = table.clock.now() + 60_000;

    expect(message?.release_at).toBeLessThan(deadline);
    expect(message?.release_at).toBeGreaterThan(deadline - 10_000);
  });

  it('as soon as possible says nothing of the kind', async () => {
    const run = await aStart(table);

    await run.start();

    expect(run.messages()).toEqual([
      expect.not.objectContaining({ release_at: expect.anything() }),
    ]);
  });

  it('is completed at once where the mailbox is empty', async () => {
    const run = await aStart(table, { mail: [] });

    await run.start();

    expect(await run.stored()).toMatchObject({ state: 'completed', fetched: 0 });
    expect((await run.stored()).completed_at).not.toBeNull();
    expect([run.enqueued(), run.watches]).toEqual([[], []]);
  });

  it('that is gone is logged and forgotten', async () => {
    const run = await aStart(table);
    run.key.run_id = 'gone';

    await run.start();

    expect(run.log.text()).toContain('no longer exists');
    expect(run.enqueued()).toEqual([]);
  });
});

describe('a run that cannot begin', () => {
  it.each([
    ['no list', { emails: [] }, /not a list/],
    ['nothing', null, /not a list/],
    ['10,001 emails', Array(10_001).fill(anEmail('e1')), /longer than a list of at most 10000/],
  ])('fails as a whole for %s in place of its mail', async (_, mail, reason) => {
    const run = await aStart(table, { mail });

    await run.start();
    const { state, problem } = await run.stored();

    expect([state, problem?.status]).toEqual(['failed', 422]);
    expect(problem?.errors.join()).toMatch(reason);
    expect(await run.store.allEmails(run.key)).toEqual([]);
    expect([run.enqueued(), run.watches]).toEqual([[], []]);
    expect(run.meter.counts).toEqual({ RunsFailed: 1 });
  });

  it('names at most a hundred faults, and how many there are', async () => {
    const given = Array.from({ length: 150 }, (_, n) => ({ email_id: `e${n}`, deadline: 9 }));
    const run = await aStart(table, { given });

    await run.start();
    const { problem } = await run.stored();

    expect(problem?.errors).toHaveLength(100);
    expect(problem?.detail).toContain('150 faults');
  });

  it('fails with what the mailbox said when it refuses', async () => {
    const mail = discardWork('mailbox_refused', 'The mailbox answered 403: Forbidden');
    const run = await aStart(table, { mail });

    await run.start();

    expect(await run.stored()).toMatchObject({
      state: 'failed',
      problem: { status: 502, detail: 'The mailbox answered 403: Forbidden' },
    });
    expect(run.meter.counts).toEqual({ RunsFailed: 1, MailboxFailed: 1 });
    expect(run.log.text()).toContain('"error_code":"mailbox_refused"');
  });

  it.each([undefined, [anEmail('e1')]])(
    'fails before anything is enqueued where the company has no mailbox to post to',
    async (given) => {
      const fault = alertPerson('mailbox_missing', 'No mailbox is configured for acme.');
      const run = await aStart(table, { given, fault });

      await run.start();

      expect(await run.stored()).toMatchObject({
        state: 'failed',
        problem: { status: 502, detail: 'No mailbox is configured for acme.' },
      });
      expect([run.fetches(), run.enqueued(), run.watches]).toEqual([0, [], []]);
    },
  );

  it('waits for a mailbox that does not answer', async () => {
    const run = await aStart(table, {
      mail: retryLater('mailbox_unavailable', 'It answered 503.'),
    });

    await expect(run.start()).rejects.toMatchObject({ next: 'retry' });

    expect((await run.stored()).state).toBe('pending');
  });

  it('is given up when the mailbox never answers', async () => {
    const error = retryLater('mailbox_unavailable', 'The mailbox answered 503.');
    const run = await aStart(table, { mail: error });

    await giveUp(await run.stored(), error, run.ports);
    await run.start();

    expect(await run.stored()).toMatchObject({
      state: 'failed',
      problem: { status: 504, detail: 'The mailbox answered 503.' },
    });
    expect(run.fetches()).toBe(0);
  });
});
