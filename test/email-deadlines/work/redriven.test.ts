import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/email-deadlines/limits.ts';
import type { ReadyMessage } from '../../../lambdas/email-deadlines/messages.ts';
import { TestProcess } from '../../support/crash.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { anEmail, anEmailWorld, aRun, type EmailWorldOptions } from '../email-world.ts';

let table: TestTable;
let runs = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const away = { kind: 'unavailable', reason: 'it answered 503' } as const;

/** An world whose one email has failed permanently, with the mailbox back since. */
async function afterFailure(options: EmailWorldOptions = {}) {
  runs += 1;
  const mailbox = { isBack: false };
  const post = () => (mailbox.isBack ? undefined : away);
  const run = aRun({ run_id: `redriven-${runs}` });
  const world = await anEmailWorld(table, [anEmail('e1', { deadline: 7_200 })], run, {
    post,
    ...options,
  });
  await world.workOff();
  mailbox.isBack = true;
  return { world, mailbox, letter: world.dead.at(-1)?.message as ReadyMessage };
}

describe('the dead letter of an email that is sent back', () => {
  it('takes the email to work again, with the reply that it had', async () => {
    const { world, letter } = await afterFailure();

    world.enqueue([letter]);
    await world.workOff();

    expect(world.accepted).toMatchObject([{ reply: { response: 'Re: e1' } }]);
    expect(await world.email('e1')).toMatchObject({ state: 'sent' });
    expect(world.counts).toMatchObject({ waiting: -1, drafted: 0, sent: 1, failed: 0 });
  });

  it('is told by the email’s history, after the tries that failed', async () => {
    const { world, letter } = await afterFailure();
    const before = (await world.email('e1'))?.history?.map(({ what }) => what) ?? [];

    world.enqueue([letter]);
    await world.workOff();

    expect(before.slice(-2)).toEqual(['failed', 'dead']);
    expect((await world.email('e1'))?.history?.at(-1)).toMatchObject({ what: 'redriven' });
  });

  it('clears the email from the list of those that failed', async () => {
    const { world, letter } = await afterFailure();
    const before = await world.runs.lateOrFailed(world.run, 'failed', 10);

    world.enqueue([letter]);
    await world.workOff();

    expect(before).toMatchObject([{ email_id: 'e1' }]);
    expect(await world.runs.lateOrFailed(world.run, 'failed', 10)).toEqual([]);
  });

  it('has all tries again', async () => {
    const { world, mailbox, letter } = await afterFailure();
    const before = world.posts.length;
    mailbox.isBack = false;

    world.enqueue([letter]);
    await world.workOff();

    expect(world.posts).toHaveLength(before + limits.outageAttempts * 3);
    expect(before).toBe(limits.outageAttempts * 3);
    expect(world.dead).toHaveLength(2);
    expect(world.counts).toMatchObject({ waiting: -1, drafted: 0, failed: 1 });
  });

  it('that comes twice, or after the email was sent, sends nothing twice', async () => {
    const { world, letter } = await afterFailure();

    world.enqueue([letter, letter]);
    await world.workOff();
    world.enqueue([letter]);
    await world.workOff();

    expect(world.acceptedIds()).toEqual(['e1']);
    expect(world.counts).toMatchObject({ sent: 1, failed: 0 });
  });

  it('does nothing to an email that has failed again since', async () => {
    const { world, mailbox, letter } = await afterFailure();
    mailbox.isBack = false;
    world.enqueue([letter]);
    await world.workOff();
    mailbox.isBack = true;

    world.enqueue([letter]);
    await world.workOff();

    expect(world.accepted).toEqual([]);
    expect(await world.email('e1')).toMatchObject({ state: 'failed' });
    expect(await world.runs.lateOrFailed(world.run, 'failed', 10)).toHaveLength(1);
  });

  it.each([1, 2, 3, 4])('sends once, though the worker dies at its call %i', async (nth) => {
    const { world, letter } = await afterFailure();

    world.enqueue([letter]);
    await world.invoke(new TestProcess([{ call: nth, effect: 'before' }]));
    await world.workOff();
    await world.workOff();

    expect(world.acceptedIds()).toEqual(['e1']);
    expect(await world.email('e1')).toMatchObject({ state: 'sent' });
  });

  it('is worked on after its run is over, as nothing else is', async () => {
    const { world, letter } = await afterFailure({ isOver: true });
    const { failed_at: _failed, ...old } = letter;

    world.enqueue([old]);
    await world.workOff();
    const untouched = await world.email('e1');
    world.enqueue([letter]);
    await world.workOff();

    expect(untouched).toMatchObject({ state: 'failed' });
    expect(await world.email('e1')).toMatchObject({ state: 'sent' });
  });
});
