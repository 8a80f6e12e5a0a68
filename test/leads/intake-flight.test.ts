import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestTable, withLostAnswers } from '../support/table.ts';
import { aLeadsOffice, leadOf, leadsIn, problemOf, startLeadsTable, withKey } from './office.ts';

let table: TestTable;
let keys = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

/** A company of the test's own, with a key. */
const someone = () => {
  keys += 1;
  return { tenant: `company-${keys}`, key: `key-${keys}` };
};

const body = { note: 'What does it cost?', name: 'Ann' };

describe('requests with the same key at the same time', () => {
  it('make one lead, and the others are told that it is being made or has been', async () => {
    const { tenant, key } = someone();
    const office = aLeadsOffice(table);

    const responses = await Promise.all(
      Array.from({ length: 8 }, () => office.post(body, withKey(key, { tenant }))),
    );

    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [200, 201, 409].includes(status))).toBe(true);
    expect(await leadsIn(table, tenant)).toHaveLength(1);
    expect(office.queue).toHaveLength(1);
  });

  it('of other bodies are refused for good, not told to wait', async () => {
    const { tenant, key } = someone();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const office = aLeadsOffice(table, { enqueue: () => held });
    const first = office.post(body, withKey(key, { tenant }));
    await expect.poll(() => claimed(tenant)).toBe(true);

    const second = await office.post({ note: 'Hi' }, withKey(key, { tenant }));
    release();

    expect(await problemOf(second)).toBe('idempotency-key-reused');
    expect((await first).status).toBe(201);
  });

  it('are told to wait while the first is on its way, and its lead once it is there', async () => {
    const { tenant, key } = someone();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const office = aLeadsOffice(table, { enqueue: () => held });
    const first = office.post(body, withKey(key, { tenant }));
    await expect.poll(() => claimed(tenant)).toBe(true);

    const second = await office.post(body, withKey(key, { tenant }));
    release();
    const lead = await leadOf(await first);
    const third = await office.post(body, withKey(key, { tenant }));

    expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1']);
    expect(await problemOf(second)).toBe('idempotency-key-in-flight');
    expect([third.status, await third.json()]).toEqual([200, lead]);
  });
});

const claimed = async (tenant: string): Promise<boolean> =>
  (await table.items()).some(({ pk }) => pk === `TENANT#${tenant}`);

describe('a request that died', () => {
  const died = async (tenant: string, key: string) => {
    void aLeadsOffice(table, { enqueue: () => new Promise(() => {}) }).post(
      body,
      withKey(key, { tenant }),
    );
    await expect.poll(() => claimed(tenant)).toBe(true);
  };

  it('is taken over once it has surely ended, not before', async () => {
    const { tenant, key } = someone();
    await died(tenant, key);
    const office = aLeadsOffice(table);

    table.clock.pass(24_000);
    const early = await office.post(body, withKey(key, { tenant }));
    table.clock.pass(1_000);
    const late = await office.post(body, withKey(key, { tenant }));

    expect([early.status, late.status]).toEqual([409, 201]);
    expect(office.queue).toMatchObject([{ lead: await leadOf(late) }]);
    expect(await leadsIn(table, tenant)).toHaveLength(1);
  });

  it('is taken over by one of several', async () => {
    const { tenant, key } = someone();
    await died(tenant, key);
    table.clock.pass(25_000);
    const office = aLeadsOffice(table);

    const responses = await Promise.all(
      [1, 2, 3].map(() => office.post(body, withKey(key, { tenant }))),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(office.queue).toHaveLength(1);
  });

  it('is not taken over by another body', async () => {
    const { tenant, key } = someone();
    await died(tenant, key);
    table.clock.pass(60_000);

    const other = await aLeadsOffice(table).post({ note: 'Hi' }, withKey(key, { tenant }));

    expect(await problemOf(other)).toBe('idempotency-key-reused');
  });
});

describe('a request that failed', () => {
  it('leaves its key to the next at once, and stores nothing without a message', async () => {
    const { tenant, key } = someone();
    const down = aLeadsOffice(table, { enqueue: () => Promise.reject(new Error('SQS is away')) });
    const office = aLeadsOffice(table);

    const failed = await down.post(body, withKey(key, { tenant }));
    const stored = await leadsIn(table, tenant);
    const next = await office.post(body, withKey(key, { tenant }));

    expect([failed.status, stored, next.status]).toEqual([503, [], 201]);
    expect(await leadsIn(table, tenant)).toHaveLength(1);
    expect(office.queue).toHaveLength(1);
  });

  it('says nothing of the lead, in its answer and in the log', async () => {
    const { tenant, key } = someone();
    const down = aLeadsOffice(table, { enqueue: () => Promise.reject(new Error('SQS is away')) });

    const failed = await down.post({ ...body, name: 'Quetzal' }, withKey(key, { tenant }));

    expect((await failed.text()) + down.log.lines.join()).not.toMatch(/Quetzal|What does it cost/);
  });

  it('by answers of the store that were lost is made once in the end', async () => {
    const { tenant, key } = someone();
    const office = aLeadsOffice(withLostAnswers(table));
    await office.post(body, withKey(key, { tenant }));
    table.clock.pass(25_000);

    const response = await aLeadsOffice(table).post(body, withKey(key, { tenant }));

    expect([200, 201]).toContain(response.status);
    expect(await leadsIn(table, tenant)).toHaveLength(1);
  });
});
