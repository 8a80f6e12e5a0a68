import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../support/clock.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { type Asking, aMail, aRunsApp, viewOf } from './runs-app.ts';
import { hasBegun } from './starting.ts';

let table: TestTable;
let keys = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const aKey = (): string => {
  keys += 1;
  return `key-${keys}`;
};

const withKey = (key: string, more: Asking = {}): Asking => ({
  ...more,
  headers: { 'idempotency-key': key },
});

const runsIn = async (tenant: string): Promise<number> =>
  (await table.items()).filter(({ sk, tenant_id }) => sk === 'RUN' && tenant_id === tenant).length;

describe('an idempotency key', () => {
  it('makes a repeated request the same run', async () => {
    const app = aRunsApp(table);
    const [key, tenant] = [aKey(), 'repeats'];

    const first = await app.start([aMail('e1')], {}, withKey(key, { tenant }));
    table.clock.pass(5_000);
    const second = await app.start([aMail('e1')], {}, withKey(key, { tenant }));

    expect(second).toEqual(first);
    expect(await runsIn(tenant)).toBe(1);
  });

  it('starts a run once that is begun already', async () => {
    const app = aRunsApp(table);
    const key = aKey();
    const { run_id } = await app.start([aMail('e1')], {}, withKey(key));

    await hasBegun(app.runs, { tenant_id: 'acme', run_id }, { fetched: 1, waiting: 1 });
    const again = await app.start([aMail('e1')], {}, withKey(key));

    expect(again).toMatchObject({ run_id, state: 'running', counts: { fetched: 1 } });
    expect(app.started).toHaveLength(1);
  });

  it('starts the run of a request that died before it was enqueued', async () => {
    const key = aKey();
    const down = aRunsApp(table, { enqueue: () => Promise.reject(new Error('SQS is away')) });
    const app = aRunsApp(table);

    const lost = await down.post({ emails: [aMail('e1')] }, withKey(key));
    const { run_id } = await app.start([aMail('e1')], {}, withKey(key));

    expect(lost.status).toBe(503);
    expect(app.started).toEqual([{ kind: 'start', tenant_id: 'acme', run_id }]);
  });

  it('makes several requests at the same time one run', async () => {
    const app = aRunsApp(table);
    const [key, tenant] = [aKey(), 'hasty'];

    const responses = await Promise.all(
      [1, 2, 3].map(async () => app.post({ emails: [aMail('e1')] }, withKey(key, { tenant }))),
    );
    const views = await Promise.all(responses.map(viewOf));

    expect(new Set(views.map(({ run_id }) => run_id)).size).toBe(1);
    expect(await runsIn(tenant)).toBe(1);
  });

  it('is refused for another request', async () => {
    const app = aRunsApp(table);
    const key = aKey();
    await app.start([aMail('e1')], {}, withKey(key));

    const otherEmails = await app.post({ emails: [aMail('e2')] }, withKey(key));
    const trigger = await app.trigger('', withKey(key));

    expect([otherEmails.status, trigger.status]).toEqual([409, 409]);
    expect(await otherEmails.json()).toMatchObject({
      type: 'urn:replies-engine:error:idempotency-key-reused',
    });
    expect(app.started).toHaveLength(1);
  });

  it('holds for the trigger too', async () => {
    const app = aRunsApp(table);
    const key = aKey();

    const first = await viewOf(await app.trigger('?test=true', withKey(key)));
    const same = await viewOf(await app.trigger('?test=true', withKey(key)));
    const other = await app.trigger('?test=false', withKey(key));

    expect(same.run_id).toBe(first.run_id);
    expect(other.status).toBe(409);
  });

  it('of one company is not the one of another', async () => {
    const app = aRunsApp(table);
    const key = aKey();

    const ours = await app.start([aMail('e1')], {}, withKey(key));
    const theirs = await app.start([aMail('e2')], {}, withKey(key, { tenant: 'globex' }));

    expect(theirs.run_id).not.toBe(ours.run_id);
    expect(app.started.map(({ tenant_id }) => tenant_id)).toEqual(['acme', 'globex']);
  });

  it('is forgotten after a day', async () => {
    const app = aRunsApp(table);
    const key = aKey();
    const before = await app.start([aMail('e1')], {}, withKey(key));

    table.clock.pass(days(1) + 1_000);
    const after = await app.start([aMail('e2')], {}, withKey(key));

    expect(after.run_id).not.toBe(before.run_id);
  });

  it.each([
    ['empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
  ])('is refused when it is %s', async (_, key) => {
    const app = aRunsApp(table);

    const response = await app.post({ emails: [aMail('e1')] }, withKey(key));

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: 'Idempotency-Key' }] });
    expect(app.started).toEqual([]);
  });

  it('may have 255 characters', async () => {
    const asking = withKey('k'.repeat(255));

    expect((await aRunsApp(table).post({ emails: [] }, asking)).status).toBe(202);
  });

  it('that is missing makes each request a run of its own', async () => {
    const app = aRunsApp(table);

    const [first, second] = [await app.start([aMail('e1')]), await app.start([aMail('e1')])];

    expect(first.run_id).not.toBe(second.run_id);
    expect(app.started).toHaveLength(2);
  });
});
