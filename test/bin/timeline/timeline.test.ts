import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Records } from '../../../bin/records.ts';
import { emailTimeline, runTimeline } from '../../../bin/timeline/email.ts';
import { conversationsOf, scanFor, turnIn } from '../../../bin/timeline/find-turn.ts';
import { whatsAppTimeline } from '../../../bin/timeline/whatsapp.ts';
import type { StoredEmail } from '../../../lambdas/email-deadlines/work/email.ts';
import type { StoredRun } from '../../../lambdas/email-deadlines/work/run.ts';
import { channelAdministration } from '../../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { customerDirectory } from '../../../lambdas/whatsapp-replies/stores/customer-directory.ts';
import { deliveryStore } from '../../../lambdas/whatsapp-replies/stores/delivery-store.ts';
import { replyStore } from '../../support/reply-table.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { businessAddress, customerAddress } from '../../support/webhook.ts';
import { aPart, aTurn } from '../../whatsapp-replies/vendors/a-turn.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const nothing: Records = {
  turn: async () => undefined,
  email: async () => undefined,
  run: async () => undefined,
};

const at = Date.UTC(2026, 10, 21, 10);
const part = aPart({ claimed_at: at + 2_100, sent_at: at + 2_300 });

const answered = aTurn({
  state: 'recorded',
  outcome: 'answered',
  run: { claimed_at: at + 500, started_at: at + 500, run_id: 'resp_1' },
  parts: [part],
  created_at: '2026-11-21T10:00:00.300Z',
  updated_at: '2026-11-21T10:00:02.400Z',
});

const report = (status: 'sent' | 'delivered' | 'read') =>
  deliveryStore(table).report({
    reference: { ...answered, message_key: part.message_key },
    messageSid: String(part.message_sid),
    status,
  });

describe('the timeline of a message', () => {
  it('has every step in order, those that Twilio reported with their own times', async () => {
    await report('sent');
    table.clock.pass(5_000);
    await report('delivered');
    table.clock.pass(60_000);
    await report('read');

    const { state, steps, words } = await whatsAppTimeline(answered, table, false);

    expect(state).toBe('over (answered)');
    expect(steps.map(({ what }) => what.replace('message 1 (SMreply1): ', ''))).toEqual([
      'received and queued: SM1',
      'Twilio says sent',
      'begun: taken from the queue',
      'the model is asked: run resp_1',
      'answered: answered, in 1 message',
      'handed to Twilio',
      'taken by Twilio',
      'recorded',
      'Twilio says delivered',
      'Twilio says read',
    ]);
    expect(Number(steps.at(-1)?.at) - Number(steps.at(-2)?.at)).toBe(60_000);
    expect(words).toBeUndefined();
  });

  it('shows words only where they are asked for', async () => {
    const hidden = JSON.stringify(await whatsAppTimeline(answered, table, false));
    const revealed = await whatsAppTimeline(answered, table, true);

    expect(hidden).not.toContain('Where is my order?');
    expect(hidden).not.toContain('It is on its way.');
    expect(revealed.words).toEqual({
      customer: 'Where is my order?',
      reply: 'It is on its way.',
    });
  });

  it('says where one stands that is not over', async () => {
    const { state } = await whatsAppTimeline(aTurn({ state: 'run', attempts: 2 }), table, false);

    expect(state).toContain('not over: last recorded step "run"');
    expect(state).toContain('2 attempts');
  });

  it('says that one waits because its customer writes without end', async () => {
    const { state } = await whatsAppTimeline(aTurn({ slowed: true }), table, false);

    expect(state).toContain('writes faster than is answered');
  });
});

describe('the turn of a message', () => {
  const conversation = { company_id: 'acme', conversation_id: 'c_1' };

  it('is found by the customer’s message and by each of the reply', async () => {
    const store = replyStore(table);
    await store.createTurn(answered);
    await store.recordReply(answered);
    const records = { ...nothing, turn: store.turnOf };

    const own = await turnIn(conversation, 'SM1', table, records);
    const reply = await turnIn(conversation, 'SMreply1', table, records);

    expect([own?.turn_id, reply?.turn_id]).toEqual(['SM1', 'SM1']);
    expect(await turnIn(conversation, 'SMother', table, records)).toBeUndefined();
    expect(await scanFor('SMreply1', table, () => {})).toEqual(conversation);
    expect(await scanFor('SM1', table, () => {})).toEqual(conversation);
    expect(await scanFor('SMother', table, () => {})).toBeUndefined();
  });

  it('is in the conversations of its customer with its company', async () => {
    const channel = { number: businessAddress, company_id: 'acme', project_id: 'shop' };
    await channelAdministration(table).add(channel);
    const customer = await customerDirectory(table).customerOf(channel, customerAddress);

    expect(await conversationsOf('acme', customerAddress, table)).toEqual([
      { company_id: 'acme', conversation_id: customer.conversation_id },
    ]);
    expect(await conversationsOf('other', customerAddress, table)).toEqual([]);
  });
});

describe('the timeline of an email', () => {
  const key = { tenant_id: 'acme', run_id: 'r1', email_id: 'e1' };
  const run = {
    state: 'running',
    created_at: new Date(at).toISOString(),
    begun_at: new Date(at + 1_000).toISOString(),
  } as StoredRun;
  const email = (fields: Partial<StoredEmail>): StoredEmail =>
    ({ dependencies: [], deadline_at: at + 60_000, state: 'waiting', ...fields }) as StoredEmail;
  const of = (fields: Partial<StoredEmail>, others: Record<string, StoredEmail> = {}) =>
    emailTimeline(
      key,
      {
        ...nothing,
        run: async () => run,
        email: async ({ email_id }) => (email_id === 'e1' ? email(fields) : others[email_id]),
      },
      false,
    );

  it('tells who it waited for, who wrote it, and whether it was on time', async () => {
    const timeline = await of(
      {
        state: 'sent',
        dependencies: ['p1', 'p2'],
        begun_at: at + 1_500,
        answered_by: 'full',
        drafted_at: at + 3_000,
        sent_at: at + 20_000,
        on_time: true,
      },
      { p1: email({ sent_at: at + 5_000 }), p2: email({ failed_at: at + 9_000 }) },
    );

    expect(timeline?.state).toBe('sent on time, 40.0 s before it was due');
    expect(timeline?.steps.map((step) => [step.at - at, step.what])).toEqual([
      [0, 'its run was asked for'],
      [1_000, 'the emails were fetched'],
      [1_500, 'begun: a worker took it first'],
      [3_000, 'drafted (full)'],
      [9_000, 'ready: 2 emails before it done'],
      [20_000, 'sent'],
    ]);
  });

  it.each([
    [{ state: 'sent', sent_at: at + 90_000, on_time: false }, 'sent late, by 30.0 s'],
    [{ state: 'waiting', waiting_for: new Set(['p']), attempts: 2 }, 'waits for 1 email, tried'],
    [{ state: 'failed', failed_at: at, reason: 'x' }, 'failed; it was due 2026-11-21T10:01'],
  ] as [Partial<StoredEmail>, string][])('says how it stands: %j', async (fields, said) => {
    expect((await of(fields))?.state).toContain(said);
  });

  it('tells of one that failed for what it is, though nobody knows when it was due', async () => {
    const fields = {
      state: 'failed',
      failed_at: at,
      reason: 'email_invalid: #/3/deadline',
    } as const;
    const timeline = await of({ ...fields, deadline_at: undefined as never });

    expect(timeline?.state).toBe('failed; it was due nobody knows when');
    expect(timeline?.steps.map(({ what }) => what)).toContain(
      'failed: email_invalid: #/3/deadline',
    );
  });

  it('tells for which emails it did not wait', async () => {
    const notes = ['dependency_unknown: None is not in this run, and is not waited for.'];

    expect((await of({ notes }))?.steps).toContainEqual({ at: at + 1_000, what: notes[0] });
  });

  it('of its run tells what explains lateness, and why it failed', async () => {
    const late = {
      ...run,
      ...{ fetched: 9, sent: 9, on_time: 2, late: 7, failed: 0, retries: 3, at_risk: 4 },
      cannot_be_met: [{ email_id: 'e1', deadline_at: '', earliest_at: '' }],
      problem: null,
      completed_at: null,
    } as StoredRun;
    const failed = {
      ...late,
      completed_at: new Date(at + 2_000).toISOString(),
      problem: { status: 422, detail: '9 faults.', errors: ['#/0/body: Expected string.'] },
    } as StoredRun;
    const told = (stored: StoredRun) => runTimeline(key, { ...nothing, run: async () => stored });

    expect((await told(late))?.state).toBe(
      'running; of 9 emails 9 sent (2 on time, 7 late), 0 failed; 1 could not be met (cannot_be_met); ' +
        '4 at risk with so few workers (at_risk); 3 posts not taken at once (retries)',
    );
    expect((await told(failed))?.steps.at(-1)?.what).toBe(
      'failed: 422 9 faults. #/0/body: Expected string.',
    );
  });

  it('is none of an email or a run that is not there', async () => {
    expect(await emailTimeline(key, nothing, false)).toBeUndefined();
    expect(await runTimeline(key, nothing)).toBeUndefined();
  });
});
