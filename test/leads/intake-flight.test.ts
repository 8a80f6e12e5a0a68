import { describe, expect, it } from 'vitest';
import { withLostAnswers } from '../support/lost-answers.ts';
import { leadsByKey } from './leads-by-key.ts';
import { aWorld, leadOf, leadsIn, problemOf, withKey } from './leads-world.ts';

const at = leadsByKey();

describe('requests with the same key at the same time', () => {
  it('make one lead, and the others are told that it is being made or has been', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);

    const responses = await Promise.all(
      Array.from({ length: 8 }, () => leads.post(at.body, withKey(key, { tenant }))),
    );

    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [200, 201, 409].includes(status))).toBe(true);
    expect(await leadsIn(at.table, tenant)).toHaveLength(1);
    expect(leads.queue).toHaveLength(1);
  });

  it('of other bodies are refused permanently, not told to wait', async () => {
    const { tenant, key } = at.someone();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const leads = aWorld(at.table, { enqueue: () => held });
    const first = leads.post(at.body, withKey(key, { tenant }));
    await expect.poll(() => claimed(tenant)).toBe(true);

    const second = await leads.post({ note: 'Hi' }, withKey(key, { tenant }));
    release();

    expect(await problemOf(second)).toBe('idempotency-key-reused');
    expect((await first).status).toBe(201);
  });

  it('are told to wait while the first is on its way, and its lead once it is there', async () => {
    const { tenant, key } = at.someone();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const leads = aWorld(at.table, { enqueue: () => held });
    const first = leads.post(at.body, withKey(key, { tenant }));
    await expect.poll(() => claimed(tenant)).toBe(true);

    const second = await leads.post(at.body, withKey(key, { tenant }));
    release();
    const lead = await leadOf(await first);
    const third = await leads.post(at.body, withKey(key, { tenant }));

    expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1']);
    expect(await problemOf(second)).toBe('idempotency-key-in-flight');
    expect([third.status, await third.json()]).toEqual([200, lead]);
  });
});

const claimed = async (tenant: string): Promise<boolean> =>
  (await at.table.items()).some(({ pk }) => pk === `TENANT#${tenant}`);

describe('a request that died', () => {
  const died = async (tenant: string, key: string) => {
    void aWorld(at.table, { enqueue: () => new Promise(() => {}) }).post(
      at.body,
      withKey(key, { tenant }),
    );
    await expect.poll(() => claimed(tenant)).toBe(true);
  };

  it('is taken over once it has surely ended, not before', async () => {
    const { tenant, key } = at.someone();
    await died(tenant, key);
    const leads = aWorld(at.table);

    at.table.clock.pass(24_000);
    const early = await leads.post(at.body, withKey(key, { tenant }));
    at.table.clock.pass(1_000);
    const late = await leads.post(at.body, withKey(key, { tenant }));

    expect([early.status, late.status]).toEqual([409, 201]);
    expect(leads.queue).toMatchObject([{ lead: await leadOf(late) }]);
    expect(await leadsIn(at.table, tenant)).toHaveLength(1);
  });

  it('is taken over by one of several', async () => {
    const { tenant, key } = at.someone();
    await died(tenant, key);
    at.table.clock.pass(25_000);
    const leads = aWorld(at.table);

    const responses = await Promise.all(
      [1, 2, 3].map(() => leads.post(at.body, withKey(key, { tenant }))),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(leads.queue).toHaveLength(1);
  });

  it('is taken over although the store’s answer is lost, and its write comes twice', async () => {
    const { tenant, key } = at.someone();
    await died(tenant, key);
    at.table.clock.pass(25_000);

    const taken = await aWorld(withLostAnswers(at.table)).post(at.body, withKey(key, { tenant }));

    expect(taken.status).toBe(201);
  });

  it('is not taken over by another body', async () => {
    const { tenant, key } = at.someone();
    await died(tenant, key);
    at.table.clock.pass(60_000);

    const other = await aWorld(at.table).post({ note: 'Hi' }, withKey(key, { tenant }));

    expect(await problemOf(other)).toBe('idempotency-key-reused');
  });
});

describe('a request that failed', () => {
  it('leaves its key to the next at once, and stores nothing without a message', async () => {
    const { tenant, key } = at.someone();
    const down = aWorld(at.table, {
      enqueue: () => Promise.reject(new Error('SQS is away')),
    });
    const leads = aWorld(at.table);

    const failed = await down.post(at.body, withKey(key, { tenant }));
    const stored = await leadsIn(at.table, tenant);
    const next = await leads.post(at.body, withKey(key, { tenant }));

    expect([failed.status, stored, next.status]).toEqual([503, [], 201]);
    expect(await leadsIn(at.table, tenant)).toHaveLength(1);
    expect(leads.queue).toHaveLength(1);
  });

  it('says nothing of the lead, in its answer and in the log', async () => {
    const { tenant, key } = at.someone();
    const down = aWorld(at.table, {
      enqueue: () => Promise.reject(new Error('SQS is away')),
    });

    const failed = await down.post({ ...at.body, name: 'Quetzal' }, withKey(key, { tenant }));

    expect((await failed.text()) + down.log.text()).not.toMatch(/Quetzal|What does it cost/);
  });

  it('is made although the store’s answers are lost, and its writes come twice', async () => {
    const { tenant, key } = at.someone();

    const response = await aWorld(withLostAnswers(at.table)).post(
      at.body,
      withKey(key, { tenant }),
    );

    expect(response.status).toBe(201);
    expect(await leadsIn(at.table, tenant)).toHaveLength(1);
  });
});
