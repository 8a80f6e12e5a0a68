import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmailView } from '../../lambdas/email-deadlines/routes.ts';
import { failingTable, startTestTable, type TestTable } from '../support/table.ts';
import { anEmail, anEmailWorld, aRun } from './email-world.ts';
import { aMail, aRunsApp, viewOf } from './runs-app.ts';
import { aStart } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

type Page = { emails: EmailView[]; next_cursor: string | null };

const pageOf = async (response: Promise<Response>) => (await (await response).json()) as Page;

describe('the status of a run', () => {
  it('tells what is known of it', async () => {
    const app = aRunsApp(table);
    const started = await app.start([aMail('hurried', { deadline: 0.1 })]);

    const response = await app.get(`/status/${started.run_id}`);

    expect(response.status).toBe(200);
    expect(await viewOf(response)).toEqual(started);
  });

  it('names the emails that failed and those that came late, and why', async () => {
    const emails = [anEmail('bad'), anEmail('slow', { deadline: 1 }), anEmail('good')];
    const world = await anEmailWorld(table, emails, aRun({ run_id: 'trouble' }), {
      async answer(_, emailId) {
        if (emailId === 'slow') table.clock.pass(3_500);
        return 'A reply';
      },
      post: ({ email_id }) =>
        email_id === 'bad' ? { kind: 'refused', reason: '400: no such email' } : undefined,
      workers: 1,
    });
    await world.workOff();
    await world.runs.count(world.run, { late: 1, failed: 1 });

    const run = await viewOf(await aRunsApp(table).get('/status/trouble'));

    expect(run.failed).toEqual([{ email_id: 'bad', reason: '400: no such email' }]);
    expect(run.late).toMatchObject([{ email_id: 'slow' }]);
    expect(run.late[0]?.late_by_seconds).toBeGreaterThanOrEqual(2.5);
  });

  it('and its emails say which failed before it began, and for whom none waited', async () => {
    const mail = [anEmail('good', { dependencies: ['None'] }), null, { ...anEmail('T#7') }];
    const start = await aStart(table, { mail });
    await start.start();
    const app = aRunsApp(table);
    const invalid = (place: string) => expect.stringContaining(`email_invalid: ${place}`);

    const run = await viewOf(await app.get(`/status/${start.key.run_id}`));
    const { emails } = await pageOf(app.get(`/email-runs/${start.key.run_id}/emails`));

    expect(run).toMatchObject({ state: 'running', counts: { fetched: 3, waiting: 1, failed: 2 } });
    expect(run.failed).toEqual([
      { email_id: '#/1', reason: invalid('#/1') },
      { email_id: 'T#7', reason: invalid('#/2/email_id') },
    ]);
    expect(emails).toMatchObject([
      { email_id: '#/1', state: 'failed', deadline_at: null, reason: invalid('#/1') },
      { email_id: 'T#7', state: 'failed', deadline_at: expect.any(String), notes: [] },
      {
        email_id: 'good',
        state: 'waiting',
        reason: null,
        notes: ['dependency_unknown: None is not in this run, and is not waited for.'],
      },
    ]);
  });

  it('is told to no other company', async () => {
    const app = aRunsApp(table);
    const { run_id } = await app.start([aMail('e1')]);

    const response = await app.get(`/status/${run_id}`, { tenant: 'globex' });

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: 'urn:replies-engine:error:not-found' });
  });

  it('is not there for a run that never was', async () => {
    expect((await aRunsApp(table).get('/status/never')).status).toBe(404);
  });

  it.each([
    ['is longer than any', 'a'.repeat(2_100)],
    ['has signs that none has', 'run%231'],
  ])('is not there for an id that %s, without the store being asked', async (_, id) => {
    const app = aRunsApp(failingTable(table));

    for (const path of [`/status/${id}`, `/email-runs/${id}/emails`]) {
      expect((await app.get(path)).status).toBe(404);
    }
  });
});

describe('the emails of a run', () => {
  it('are told page by page, each once', async () => {
    const ids = Array.from({ length: 5 }, (_, n) => `e${n}`);
    await anEmailWorld(
      table,
      ids.map((id) => anEmail(id)),
      aRun({ run_id: 'paged' }),
    );
    const app = aRunsApp(table);

    const seen: string[] = [];
    let query = '?limit=2';
    for (let pages = 0; pages < 5 && query; pages++) {
      const page = await pageOf(app.get(`/email-runs/paged/emails${query}`));
      expect(page.emails.length).toBeLessThanOrEqual(2);
      seen.push(...page.emails.map(({ email_id }) => email_id));
      query = page.next_cursor ? `?limit=2&cursor=${encodeURIComponent(page.next_cursor)}` : '';
    }

    expect(seen).toEqual(ids);
    expect(query).toBe('');
  });

  it('are told with what became of them', async () => {
    const world = await anEmailWorld(table, [anEmail('e1')], aRun({ run_id: 'told' }));
    const app = aRunsApp(table);
    const before = await pageOf(app.get('/email-runs/told/emails'));
    await world.workOff();

    const { emails } = await pageOf(app.get('/email-runs/told/emails'));

    expect(before.emails).toMatchObject([{ state: 'waiting', sent_at: null, response: null }]);
    expect(emails).toMatchObject([
      { email_id: 'e1', state: 'sent', on_time: true, answered_by: 'full', response: 'Re: e1' },
    ]);
    expect(Object.keys(emails[0] ?? {})).not.toContain('body');
  });

  it('are never those of another company, even in a run of the same id', async () => {
    await anEmailWorld(table, [anEmail('ours')], aRun({ run_id: 'same' }));
    await anEmailWorld(table, [anEmail('theirs')], aRun({ run_id: 'same', tenant_id: 'globex' }));
    await anEmailWorld(table, [anEmail('secret')], aRun({ run_id: 'theirs', tenant_id: 'globex' }));
    const app = aRunsApp(table);

    const { emails } = await pageOf(app.get('/email-runs/same/emails'));
    const other = await app.get('/email-runs/theirs/emails?cursor=a');

    expect(emails.map(({ email_id }) => email_id)).toEqual(['ours']);
    expect(other.status).toBe(404);
    expect(await other.text()).not.toContain('secret');
  });

  it('are all that a cursor of the caller’s own making can reach', async () => {
    await anEmailWorld(table, [anEmail('e1')], aRun({ run_id: 'cursors' }));
    const app = aRunsApp(table);

    for (const cursor of ['', '~', '../RUN', 'TENANT#globex#RUN#x', '\u{1F600}']) {
      const path = `/email-runs/cursors/emails?cursor=${encodeURIComponent(cursor)}`;
      const { emails } = await pageOf(app.get(path));
      expect(emails.every(({ email_id }) => email_id === 'e1')).toBe(true);
    }
  });

  it.each(['limit=0', 'limit=101', 'limit=many', `cursor=${'x'.repeat(201)}`])(
    'are not told for %s',
    async (query) => {
      const response = await aRunsApp(table).get(`/email-runs/any/emails?${query}`);

      expect(response.status).toBe(422);
    },
  );
});
