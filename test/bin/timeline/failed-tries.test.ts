import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailTimeline } from '../../../bin/timeline/email.ts';
import { leadTimeline } from '../../../bin/timeline/lead.ts';
import { whatsAppTimeline } from '../../../bin/timeline/whatsapp.ts';
import type { StoredEmail } from '../../../lambdas/email-deadlines/work/email.ts';
import type { StoredRun } from '../../../lambdas/email-deadlines/work/run.ts';
import type { HistoryEntry } from '../../../lambdas/shared/queue/outcome.ts';
import { aWorld, leadOf, withKey } from '../../leads/leads-world.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aTurn } from '../../whatsapp-replies/vendors/a-turn.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const at = Date.UTC(2026, 10, 21, 10);

describe('the timeline of a message', () => {
  it('tells each try that failed, that it became a dead letter, and that it was sent back', async () => {
    const history: HistoryEntry[] = [
      { at: at + 1_000, what: 'failed', error_code: 'openai_busy' },
      { at: at + 60_000, what: 'dead', error_code: 'openai_failed' },
    ];
    const dead = await whatsAppTimeline(aTurn({ state: 'run', history }), table, false);
    const redriven: HistoryEntry = { at: at + 90_000, what: 'redriven' };
    const again = await whatsAppTimeline(
      aTurn({ state: 'run', attempts: 1, history: [...history, redriven] }),
      table,
      false,
    );

    expect(dead).toMatchObject({ dead: true, open: expect.stringContaining('dlq show') });
    expect(dead.state).toBe('not over: a dead letter (openai_failed) after the step "run"');
    expect(again.dead).toBe(false);
    expect(again.steps.slice(-3).map(({ what }) => what)).toEqual([
      'failed: openai_busy; it is tried again',
      'failed permanently: openai_failed; it goes to the dead letters',
      'taken up again, from the dead letters',
    ]);
  });
});

describe('the timeline of an email', () => {
  const key = { tenant_id: 'acme', run_id: 'r1', email_id: 'e1' };

  it('tells each try that failed, and that it was sent back', async () => {
    const email = {
      ...key,
      dependencies: [],
      deadline_at: at + 60_000,
      state: 'waiting',
      begun_at: at + 1_500,
      history: [
        { at: at + 2_000, what: 'failed', error_code: 'mailbox_unavailable' },
        { at: at + 3_000, what: 'dead', error_code: 'mailbox_unavailable' },
        { at: at + 9_000, what: 'redriven' },
      ],
    } as unknown as StoredEmail;
    const run = { state: 'running', created_at: new Date(at).toISOString() } as StoredRun;
    const records = { turn: async () => undefined, email: async () => email, run: async () => run };
    const timeline = await emailTimeline(key, records, false);

    expect(timeline?.steps.slice(-3).map(({ what }) => what)).toEqual([
      'failed: mailbox_unavailable; it is tried again',
      'failed permanently: mailbox_unavailable; it goes to the dead letters',
      'taken up again, from the dead letters',
    ]);
  });
});

const note = 'Need pricing for 50 seats.';

describe('the timeline of a lead', () => {
  it('tells the tries that failed, the dead letter, and each classification, without words', async () => {
    const leads = aWorld(table);
    const { id } = await leadOf(await leads.post({ note }, withKey('lead-1')));
    const failed = (what: 'failed' | 'dead') =>
      leads.store.setFailed('acme', id, { at: table.clock.now(), what, error_code: 'store' });
    await failed('failed');
    await failed('dead');
    const dead = await leadTimeline('acme', id, table, false);
    for (const message of leads.queue) await leads.triage(message);
    const classified = await leadTimeline('acme', id, table, false);

    expect(dead).toMatchObject({ state: 'not classified: a dead letter (store)', dead: true });
    expect(classified?.state).toMatch(/^classified: \w+, P\d$/);
    expect(classified?.steps.map(({ what }) => what)).toEqual([
      'received and queued',
      'failed: store; it is tried again',
      'failed permanently: store; it goes to the dead letters',
      expect.stringMatching(/^classified \(1\): \w+, P\d, by rules$/),
    ]);
    expect(JSON.stringify(classified)).not.toContain(note);
    expect((await leadTimeline('acme', id, table, true))?.words).toEqual({ note });
  });

  it('is none of another company’s', async () => {
    const leads = aWorld(table);
    const { id } = await leadOf(await leads.post({ note }, withKey('lead-2')));

    expect(await leadTimeline('globex', id, table, false)).toBeUndefined();
  });
});
