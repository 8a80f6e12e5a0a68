import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aMail, aRunsApp, viewOf } from './runs-app.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const isoIn = (ms: number): string => new Date(table.clock.now() + ms).toISOString();

describe('a run of emails that come with the request', () => {
  it('is accepted before it begins, and told where to ask for it', async () => {
    const app = aRunsApp(table);

    const response = await app.post({ emails: [aMail('e1')] });
    const run = await viewOf(response);

    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/status/${run.run_id}`);
    expect(run).toMatchObject({ state: 'pending', problem: null, completed_at: null });
    expect(app.started).toEqual([{ kind: 'start', tenant_id: 'acme', run_id: run.run_id }]);
  });

  it('takes what nobody chose from the defaults', async () => {
    const run = await aRunsApp(table).start([aMail('e1')]);

    expect(run).toMatchObject({ dependency_kind: 'order', send: 'asap', test_mode: true });
  });

  it('keeps what was chosen', async () => {
    const app = aRunsApp(table);
    const options = { dependency_kind: 'content', send: 'just_in_time', concurrency_limit: 3 };

    const run = await app.start([aMail('e1')], { ...options, test_mode: false });
    const stored = await app.runs.find({ tenant_id: 'acme', run_id: run.run_id });

    expect(stored).toMatchObject({ ...options, test_mode: false, created_by: 'key:of-acme' });
  });

  it.each(['', 'x'])(
    'keeps its emails as they came, however long and in whatever writing',
    async (begin) => {
      const app = aRunsApp(table);
      const bodies = [begin + '😀'.repeat(24_000), '😀'.repeat(25_000), 'ß'.repeat(50_000)];
      const emails = bodies.map((body, index) => aMail(`e${index}`, { body }));

      const { run_id } = await app.start(emails);
      const kept: unknown = JSON.parse(await app.runs.given({ tenant_id: 'acme', run_id }));
      const texts = (await table.items()).flatMap(({ text }) => (text ? [String(text)] : []));

      // DynamoDB has no halves of surrogate pairs.
      expect(texts.filter((text) => /\p{Surrogate}/u.test(text))).toEqual([]);
      expect(kept).toEqual(emails.map((email) => ({ ...email, dependencies: null })));
    },
  );

  it('says at once which deadline cannot be met, and when the email will be sent instead', async () => {
    const run = await aRunsApp(table).start([
      aMail('hurried', { deadline: 0.2 }),
      aMail('patient', { deadline: 60 }),
    ]);

    expect(run.cannot_be_met).toEqual([
      { email_id: 'hurried', deadline_at: isoIn(200), earliest_at: isoIn(500) },
    ]);
  });

  it('counts the emails that are waited for into what can be met', async () => {
    const emails = [aMail('parent'), aMail('child', { deadline: 0.7, dependencies: ['parent'] })];

    const ordered = await aRunsApp(table).start(emails);
    const built = await aRunsApp(table).start(emails, { dependency_kind: 'content' });

    expect(ordered.cannot_be_met).toEqual([]);
    expect(built.cannot_be_met).toMatchObject([{ email_id: 'child', earliest_at: isoIn(1_000) }]);
  });

  it('says how many may come late with the workers that there are', async () => {
    const emails = ['a', 'b', 'c', 'd'].map((id) => aMail(id, { deadline: 1.1 }));

    const alone = await aRunsApp(table).start(emails, { concurrency_limit: 1 });
    const together = await aRunsApp(table).start(emails, { concurrency_limit: 4 });

    expect(alone).toMatchObject({ at_risk: 2, cannot_be_met: [] });
    expect(together.at_risk).toBe(0);
  });

  it.each([
    ['a text with commas', ' a , b,', ['a', 'b']],
    ['a list', ['a', 'b'], ['a', 'b']],
    ['a list with the same one twice', ['a', ' a'], ['a']],
    ['an empty text', '', []],
    ['nothing', null, null],
  ])('reads dependencies from %s', async (_, dependencies, read) => {
    const app = aRunsApp(table);

    const { run_id } = await app.start([aMail('a'), aMail('b'), aMail('c', { dependencies })]);
    const kept: unknown = JSON.parse(await app.runs.given({ tenant_id: 'acme', run_id }));

    expect(kept).toMatchObject([{}, {}, { dependencies: read }]);
  });

  it('may have no emails', async () => {
    expect((await aRunsApp(table).post({ emails: [] })).status).toBe(202);
  });
});

describe('a run of the emails of the mailbox', () => {
  it('is accepted before they are fetched', async () => {
    const app = aRunsApp(table);

    const response = await app.trigger();
    const run = await viewOf(response);

    expect(response.status).toBe(202);
    expect(run).toMatchObject({ state: 'pending', counts: { fetched: 0 } });
    expect(app.started).toEqual([{ kind: 'start', tenant_id: 'acme', run_id: run.run_id }]);
  });

  it.each([
    ['', true, true],
    ['', false, false],
    ['?test=true', false, true],
    ['?test=false', true, false],
  ])('%s with TEST_MODE %s is a test: %s', async (query, testMode, expected) => {
    const run = await viewOf(await aRunsApp(table, { testMode }).trigger(query));

    expect(run.test_mode).toBe(expected);
  });

  it('takes its options from the query', async () => {
    const app = aRunsApp(table);
    const query = '?dependency_kind=content&send=just_in_time&concurrency_limit=3';

    const { run_id } = await viewOf(await app.trigger(query));
    const run = await app.runs.find({ tenant_id: 'acme', run_id });

    expect(run).toMatchObject({
      dependency_kind: 'content',
      send: 'just_in_time',
      concurrency_limit: 3,
    });
  });

  it.each([
    ['test=yes', 'Expected one of true, false.'],
    ['send=later', 'Expected one of asap, just_in_time.'],
    ['concurrency_limit=0', 'It is a number from 1 to 1000.'],
    ['concurrency_limit=many', 'It is a number from 1 to 1000.'],
  ])('is refused with %s, by the name of what is wrong', async (query, detail) => {
    const app = aRunsApp(table);

    const response = await app.trigger(`?${query}`);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: query.split('=')[0], detail }],
    });
    expect(app.started).toEqual([]);
  });
});

describe('the right to run emails', () => {
  it('is a scope of its own for starting and for looking', async () => {
    const app = aRunsApp(table);
    const [reader, writer] = [{ scopes: ['emails:read'] }, { scopes: ['emails:write'] }] as const;
    const { run_id } = await app.start([aMail('e1')]);
    const may = async (response: Promise<Response>) => (await response).status !== 403;

    expect(await may(app.post({ emails: [] }, { scopes: [...reader.scopes] }))).toBe(false);
    expect(await may(app.trigger('', { scopes: [...reader.scopes] }))).toBe(false);
    expect(await may(app.get(`/status/${run_id}`, { scopes: [...writer.scopes] }))).toBe(false);
    expect(await may(app.get(`/status/${run_id}`, { scopes: [...reader.scopes] }))).toBe(true);
  });
});
