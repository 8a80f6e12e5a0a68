import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Lead } from '../../lambdas/leads/messages.ts';
import { days } from '../support/clock.ts';
import { leadsByKey } from './leads-by-key.ts';
import { aWorld, leadOf, leadsIn, problemOf, withKey } from './leads-world.ts';

const at = leadsByKey();

describe('a lead', () => {
  it('is answered as it is stored, with where it is found', async () => {
    const { tenant, key } = at.someone();
    const response = await aWorld(at.table).post(at.body, withKey(key, { tenant }));
    const lead = await leadOf(response);

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/leads/${lead.id}`);
    expect(lead).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: null,
      phone: null,
      name: 'Ann',
      note: 'What does it cost?',
      source: null,
      created_at: new Date(at.table.clock.now()).toISOString(),
    });
    expect(await leadsIn(at.table, tenant)).toMatchObject([lead]);
  });

  it('waits to be classified, as a message that holds all of it', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table, { retentionDays: 3 });
    const lead = await leadOf(await leads.post(at.body, withKey(key, { tenant })));
    const expires_at = Math.floor((at.table.clock.now() + days(3)) / 1000);

    expect(leads.queue).toEqual([{ kind: 'triage', tenant_id: tenant, lead, expires_at }]);
    expect(await leadsIn(at.table, tenant)).toMatchObject([{ expires_at }]);
  });

  it('may be sent to the path with a slash at its end, which is the same place', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);

    const first = await leads.post(at.body, withKey(key, { tenant }), '/leads/');
    const second = await leads.post(at.body, withKey(key, { tenant }));

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await leadsIn(at.table, tenant)).toHaveLength(1);
  });
});

describe('an idempotency key', () => {
  it('gives the first answer to the same request, and makes nothing', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    const first = await leads.post(at.body, withKey(key, { tenant }));
    at.table.clock.pass(3_600_000);

    const second = await leads.post(at.body, withKey(key, { tenant }));

    expect(second.status).toBe(200);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(await second.text()).toBe(await first.text());
    expect(await leadsIn(at.table, tenant)).toHaveLength(1);
    expect(leads.queue).toHaveLength(1);
  });

  it('gives the first answer when the lead has been classified meanwhile', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    const first = await leadOf(await leads.post(at.body, withKey(key, { tenant })));
    for (const message of leads.queue) await leads.triage(message);

    const second = await leads.post(at.body, withKey(key, { tenant }));

    expect([second.status, await second.json()]).toEqual([200, first]);
  });

  it.each([
    ['other white space', '{ "name":"Ann",\n"note" : "What does it cost?" }'],
    ['another order of fields', '{"note":"What does it cost?","name":"Ann"}'],
    ['escapes', '{"note":"What d\\u006fes it cost?","\\u006eame":"Ann"}'],
    ['nulls for what is left out', JSON.stringify({ ...at.body, email: null, source: null })],
  ])('takes a body with %s for the same', async (_, written) => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    await leads.post(at.body, withKey(key, { tenant }));

    expect((await leads.post(written, withKey(key, { tenant }))).status).toBe(200);
  });

  it.each([
    ['another note', { ...at.body, note: 'What does it cost? ' }],
    ['another name', { ...at.body, name: 'ann' }],
    ['one field more', { ...at.body, source: 'web' }],
    ['one field less', { note: at.body.note }],
  ])('is refused for %s, and the first lead stays as it is', async (_, other) => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    const lead = await leadOf(await leads.post(at.body, withKey(key, { tenant })));

    const refused = await leads.post(other, withKey(key, { tenant }));

    expect(refused.status).toBe(409);
    expect(await problemOf(refused)).toBe('idempotency-key-reused');
    expect(await leadsIn(at.table, tenant)).toMatchObject([lead]);
    expect(leads.queue).toHaveLength(1);
  });

  it('of one company is not the one of another', async () => {
    const [ours, theirs] = [at.someone(), at.someone()];
    const leads = aWorld(at.table);

    const first = await leads.post(at.body, withKey('shared', { tenant: ours.tenant }));
    const second = await leads.post({ note: 'Hi' }, withKey('shared', { tenant: theirs.tenant }));

    expect([first.status, second.status]).toEqual([201, 201]);
    expect((await leadOf(first)).id).not.toBe((await leadOf(second)).id);
  });

  it('of a visitor is not the company’s own, which no stranger can take or find out', async () => {
    const { tenant } = at.someone();
    const leads = aWorld(at.table);
    const crm = withKey('crm-1001', { tenant });
    const stranger = { ...crm, visitor: true };

    const taken = await leads.post({ note: 'x' }, stranger);
    const ours = await leads.post(at.body, crm);
    const again = [await leads.post({ note: 'x' }, stranger), await leads.post(at.body, crm)];
    const other = await leads.post({ note: 'y' }, stranger);

    expect([taken.status, ours.status]).toEqual([201, 201]);
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect(other.status).toBe(409);
    expect(await leadsIn(at.table, tenant)).toHaveLength(2);
  });

  it('of the company is found where the versions before kept it', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    const hash = createHash('sha256').update(key).digest('hex');

    const lead = await leadOf(await leads.post(at.body, withKey(key, { tenant })));

    const place = { pk: `TENANT#${tenant}`, sk: `IDEMPOTENCY#${hash}` };
    expect(await at.table.item(place)).toMatchObject({ lead_id: lead.id });
  });

  it('claimed by a version that kept every field as it was written is known again', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    const body = { name: ' Ann ', phone: '+49 170 1234567', note: 'Hi' };
    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
    const before = { email: null, phone: body.phone, name: body.name, note: 'Hi', source: null };
    const lead = await leadOf(await leads.post(body, withKey(key, { tenant })));
    const place = { pk: `TENANT#${tenant}`, sk: `IDEMPOTENCY#${hashOf(key)}` };
    const claim = await at.table.item(place);
    await at.table.put({ ...claim, ...place, request_hash: hashOf(JSON.stringify(before)) });

    const again = await leads.post(body, withKey(key, { tenant }));
    const other = await leads.post({ ...body, name: 'Ann' }, withKey(key, { tenant }));

    expect([again.status, await again.json()]).toEqual([200, lead]);
    expect(other.status).toBe(409);
  });

  it('holds for more than 24 hours, and is forgotten some day', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    await leads.post(at.body, withKey(key, { tenant }));

    at.table.clock.pass(days(1) + 1_000);
    const nextDay = await leads.post(at.body, withKey(key, { tenant }));
    at.table.clock.pass(days(7));
    const nextWeek = await leads.post({ note: 'Other' }, withKey(key, { tenant }));

    expect([nextDay.status, nextWeek.status]).toEqual([200, 201]);
  });

  it('ends with its lead, where that one is kept for less', async () => {
    const leads = aWorld(at.table, { retentionDays: 1 });
    const { tenant, key } = at.someone();
    const first = await leads.post(at.body, withKey(key, { tenant }));

    at.table.clock.pass(days(1.5));
    const second = await leads.post(at.body, withKey(key, { tenant }));

    const [before, after] = [(await first.json()) as Lead, (await second.json()) as Lead];
    expect(second.status).toBe(201);
    expect(after.id).not.toBe(before.id);
    expect((await leads.get(`/leads/${after.id}`, { tenant })).status).toBe(200);
  });

  it('that was refused with its body is still free', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);

    const refused = await leads.post({ note: 1 }, withKey(key, { tenant }));
    const taken = await leads.post(at.body, withKey(key, { tenant }));

    expect([refused.status, taken.status]).toEqual([422, 201]);
  });

  it.each([
    ['not there', undefined],
    ['empty', ''],
    ['white space', '   '],
  ])('that is %s is asked for', async (_, key) => {
    const { tenant } = at.someone();
    const leads = aWorld(at.table);

    const asking = key === undefined ? { tenant } : withKey(key, { tenant });
    const response = await leads.post(at.body, asking);

    expect(response.status).toBe(400);
    expect(await problemOf(response)).toBe('idempotency-key-missing');
    expect([await leadsIn(at.table, tenant), leads.queue]).toEqual([[], []]);
  });

  it('of 256 characters is refused by its name', async () => {
    const { tenant } = at.someone();

    const response = await aWorld(at.table).post(at.body, withKey('k'.repeat(256), { tenant }));

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: 'Idempotency-Key' }] });
    expect(await leadsIn(at.table, tenant)).toEqual([]);
  });

  it.each(['k'.repeat(255), '!"#$%&()*+,-./:;<=>?@[]^_`{|}~', 'order 17', 'schlüssel'])(
    'may be %s, and stands for one lead',
    async (key) => {
      const leads = aWorld(at.table);
      const { tenant } = at.someone();

      const first = await leads.post(at.body, withKey(key, { tenant }));
      const second = await leads.post(at.body, withKey(key, { tenant }));

      expect([first.status, second.status]).toEqual([201, 200]);
    },
  );
});
