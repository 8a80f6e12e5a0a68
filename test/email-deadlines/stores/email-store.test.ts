import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailStore } from '../../../lambdas/email-deadlines/stores/email-store.ts';
import { keys } from '../../../lambdas/email-deadlines/stores/keys.ts';
import type { StoredEmail } from '../../../lambdas/email-deadlines/work/email.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let emails = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** An email that is stored, in a store whose every write loses its answer and is sent again. */
async function anEmail(fields: Partial<StoredEmail> = {}) {
  emails += 1;
  const email: StoredEmail = {
    tenant_id: 'acme',
    run_id: 'run-1',
    email_id: `e${emails}`,
    subject: 'Hi',
    body: 'Where is it?',
    deadline_at: table.clock.now() + 60_000,
    deadlines: [],
    spare: [],
    dependencies: [],
    has_dependents: false,
    state: 'waiting',
    lease_until: 0,
    attempts: 0,
    ...fields,
  };
  await table.put({ ...keys.email(email), ...email });
  const stored = () => table.item(keys.email(email));
  return { email, stored, store: emailStore(withLostAnswers(table)) };
}

const inSeconds = (seconds: number) => table.clock.now() + seconds * 1_000;
const draft = { response: 'Here.', answered_by: 'full' } as const;

describe('the lease of an email', () => {
  it('is taken by one owner, and free once it ends', async () => {
    const { store, email } = await anEmail();

    const first = await store.claim(email, 'a', inSeconds(10));
    const early = await store.claim(email, 'b', inSeconds(20));
    table.clock.pass(10_000);
    const late = await store.claim(email, 'b', inSeconds(20));

    expect([first.kind, early.kind, late.kind]).toEqual(['claimed', 'leased', 'claimed']);
  });

  it('is its owner’s though the answer was lost, as one attempt', async () => {
    const { store, email, stored } = await anEmail();

    const claim = await store.claim(email, 'a', inSeconds(10));

    expect(claim).toMatchObject({ kind: 'claimed', email: { lease_owner: 'a', attempts: 1 } });
    expect(await stored()).toMatchObject({ attempts: 1, lease_until: inSeconds(10) });
  });

  it('is nobody’s of an email that is over, unknown or expired', async () => {
    const { store, email } = await anEmail({ state: 'sent' });
    const expired = await anEmail();
    await table.put({
      ...keys.email(expired.email),
      ...expired.email,
      expires_at: inSeconds(0) / 1_000,
    });

    const kinds = [email, { ...email, email_id: 'none' }, expired.email].map(
      async (key) => (await store.claim(key, 'a', inSeconds(10))).kind,
    );

    expect(await Promise.all(kinds)).toEqual(['over', 'unknown', 'unknown']);
  });

  it('is given back once, and the attempt with it', async () => {
    const { store, email, stored } = await anEmail();
    await store.claim(email, 'a', inSeconds(10));

    await store.giveBack(email, 'a', 'outage', inSeconds(5));

    expect(await stored()).toMatchObject({ attempts: 0, outages: 1, lease_until: inSeconds(5) });
    expect(await stored()).not.toHaveProperty('lease_owner');
  });
});

describe('the sending of an email', () => {
  it('is its owner’s though the answer was lost, as one attempt', async () => {
    const { store, email, stored } = await anEmail({ state: 'drafted', lease_owner: 'a' });

    const [mine, theirs] = [
      await store.claimSend(email, 'a', inSeconds(10)),
      await store.claimSend(email, 'b', inSeconds(10)),
    ];

    expect([mine, theirs]).toEqual([true, false]);
    expect(await stored()).toMatchObject({ state: 'sending', lease_owner: 'a', attempts: 1 });
  });

  it('waits for the parents of an email, though its owner has drafted it', async () => {
    const waiting_for = new Set(['parent']);
    const { store, email, stored } = await anEmail({ waiting_for });
    await store.claim(email, 'a', inSeconds(10));

    expect(await store.draftAndSend(email, 'a', draft)).toBe(false);
    expect(await store.saveDraft(email, 'a', draft)).toBe('waits');
    expect(await store.claimSend(email, 'a', inSeconds(10))).toBe(false);
    expect(await stored()).toMatchObject({ state: 'drafted', response: 'Here.', attempts: 0 });
    await store.parentDone(email, 'parent');
    expect(await store.claimSend(email, 'a', inSeconds(10))).toBe(true);
  });

  it('follows the draft at once where nothing is waited for', async () => {
    const { store, email } = await anEmail();
    await store.claim(email, 'a', inSeconds(10));

    expect(await store.draftAndSend(email, 'b', draft)).toBe(false);
    expect(await store.draftAndSend(email, 'a', draft)).toBe(true);
  });
});

describe('the end of an email', () => {
  it('is recorded by its owner, though the answer was lost, and by nobody after', async () => {
    const { store, email, stored } = await anEmail();
    await store.claim(email, 'a', inSeconds(10));
    const ending = { state: 'failed', reason: 'refused', failed_at: 7 } as const;

    const ended = [
      await store.end(email, 'b', ending),
      await store.end(email, 'a', ending),
      await store.end(email, 'c', { state: 'sent', sent_at: 8, on_time: true }),
    ];

    expect(ended).toEqual([false, true, false]);
    expect(await stored()).toMatchObject({ ...ending, lease_until: 0 });
  });

  it('is taken back of one that failed at that moment, and of its list', async () => {
    const { store, email, stored } = await anEmail();
    await store.claim(email, 'a', inSeconds(10));
    await store.end(email, 'a', { state: 'failed', reason: 'refused', failed_at: 7 });

    await store.reopen(email, 6);
    expect(await stored()).toMatchObject({ state: 'failed' });
    await store.reopen(email, 7);

    expect(await stored()).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await stored()).not.toHaveProperty('failed_at');
    expect(await table.item(keys.lateOrFailed(email, 'failed'))).toBeUndefined();
  });
});
