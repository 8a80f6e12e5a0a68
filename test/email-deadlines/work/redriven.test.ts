import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/email-deadlines/limits.ts';
import type { ReadyMessage } from '../../../lambdas/email-deadlines/messages.ts';
import { TestProcess } from '../../support/crash.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { anEmail, anOffice, aRun, type OfficeOptions } from '../office.ts';

let table: TestTable;
let runs = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const away = { kind: 'unavailable', reason: 'it answered 503' } as const;

/** An office whose one email has failed for good, with the mailbox back since. */
async function afterFailure(options: OfficeOptions = {}) {
  runs += 1;
  const mailbox = { isBack: false };
  const post = () => (mailbox.isBack ? undefined : away);
  const run = aRun({ run_id: `redriven-${runs}` });
  const office = await anOffice(table, [anEmail('e1', { deadline: 7_200 })], run, {
    post,
    ...options,
  });
  await office.workOff();
  mailbox.isBack = true;
  return { office, mailbox, letter: office.dead.at(-1)?.message as ReadyMessage };
}

describe('the dead letter of an email that is sent back', () => {
  it('takes the email to work again, with the reply that it had', async () => {
    const { office, letter } = await afterFailure();

    office.enqueue([letter]);
    await office.workOff();

    expect(office.accepted).toMatchObject([{ reply: { response: 'Re: e1' } }]);
    expect(await office.email('e1')).toMatchObject({ state: 'sent' });
    expect(office.counts).toMatchObject({ waiting: -1, drafted: 0, sent: 1, failed: 0 });
  });

  it('is told by the email’s history, after the tries that failed', async () => {
    const { office, letter } = await afterFailure();
    const before = (await office.email('e1'))?.history?.map(({ what }) => what) ?? [];

    office.enqueue([letter]);
    await office.workOff();

    expect(before.slice(-2)).toEqual(['failed', 'dead']);
    expect((await office.email('e1'))?.history?.at(-1)).toMatchObject({ what: 'redriven' });
  });

  it('clears the email from the list of those that failed', async () => {
    const { office, letter } = await afterFailure();
    const before = await office.runs.lateOrFailed(office.run, 'failed', 10);

    office.enqueue([letter]);
    await office.workOff();

    expect(before).toMatchObject([{ email_id: 'e1' }]);
    expect(await office.runs.lateOrFailed(office.run, 'failed', 10)).toEqual([]);
  });

  it('has all tries again', async () => {
    const { office, mailbox, letter } = await afterFailure();
    const before = office.posts.length;
    mailbox.isBack = false;

    office.enqueue([letter]);
    await office.workOff();

    expect(office.posts).toHaveLength(before + limits.outageAttempts * 3);
    expect(before).toBe(limits.outageAttempts * 3);
    expect(office.dead).toHaveLength(2);
    expect(office.counts).toMatchObject({ waiting: -1, drafted: 0, failed: 1 });
  });

  it('that comes twice, or after the email was sent, sends nothing twice', async () => {
    const { office, letter } = await afterFailure();

    office.enqueue([letter, letter]);
    await office.workOff();
    office.enqueue([letter]);
    await office.workOff();

    expect(office.acceptedIds()).toEqual(['e1']);
    expect(office.counts).toMatchObject({ sent: 1, failed: 0 });
  });

  it('does nothing to an email that has failed anew since', async () => {
    const { office, mailbox, letter } = await afterFailure();
    mailbox.isBack = false;
    office.enqueue([letter]);
    await office.workOff();
    mailbox.isBack = true;

    office.enqueue([letter]);
    await office.workOff();

    expect(office.accepted).toEqual([]);
    expect(await office.email('e1')).toMatchObject({ state: 'failed' });
    expect(await office.runs.lateOrFailed(office.run, 'failed', 10)).toHaveLength(1);
  });

  it.each([1, 2, 3, 4])('sends once, though the worker dies at its call %i', async (nth) => {
    const { office, letter } = await afterFailure();

    office.enqueue([letter]);
    await office.invoke(new TestProcess([{ call: nth, effect: 'before' }]));
    await office.workOff();
    await office.workOff();

    expect(office.acceptedIds()).toEqual(['e1']);
    expect(await office.email('e1')).toMatchObject({ state: 'sent' });
  });

  it('is worked on after its run is over, as nothing else is', async () => {
    const { office, letter } = await afterFailure({ isOver: true });
    const { failed_at: _failed, ...old } = letter;

    office.enqueue([old]);
    await office.workOff();
    const untouched = await office.email('e1');
    office.enqueue([letter]);
    await office.workOff();

    expect(untouched).toMatchObject({ state: 'failed' });
    expect(await office.email('e1')).toMatchObject({ state: 'sent' });
  });
});
