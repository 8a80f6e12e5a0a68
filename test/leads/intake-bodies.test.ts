import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestTable } from '../support/table.ts';
import { aWorld, leadOf, leadsIn, problemOf, startLeadsTable, withKey } from './leads-world.ts';

let table: TestTable;
let keys = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

const aKey = (): string => {
  keys += 1;
  return `key-${keys}`;
};

/** Sends a body, and sees to it that nothing is kept of one that is refused. */
async function refused(body: unknown, headers: Record<string, string> = {}) {
  const tenant = aKey();
  const leads = aWorld(table);
  const response = await leads.post(body, withKey(aKey(), { tenant, headers }));
  const kept = (await table.items()).filter(({ pk }) => String(pk).startsWith(`TENANT#${tenant}`));
  expect([kept, leads.queue]).toEqual([[], []]);
  return response;
}

const note = (written: string) => `{"note": "${written}"}`;

describe('a lead’s body', () => {
  it.each([
    ['nothing', '', 400],
    ['no JSON', '{"note": "Hi"', 400],
    ['a form', 'note=Hi', 400],
    ['a number that is endless', '{"note": "Hi", "name": 1e999}', 400],
    ['the same field twice', '{"note": "Hi", "note": "Ho"}', 400],
    ['the same field twice, once by an escape', '{"note": "Hi", "\\u006eote": "Ho"}', 400],
    ['a note of 1 MB', JSON.stringify({ note: 'x'.repeat(1_000_000) }), 413],
    ['a note of one character too many', JSON.stringify({ note: 'x'.repeat(10_001) }), 422],
    ['no note', '{}', 422],
    ['an empty note', note(''), 422],
    ['a note of white space', note(' \\n\\t\\u00a0'), 422],
    ['a note of null', '{"note": null}', 422],
    ['a note of control characters', note('\\u0000\\u0007\\u009d'), 422],
    ['a note of marks that nobody sees', note('\\u200b\\u200e\\ufeff'), 422],
    ['a note that is a list', '{"note": ["Hi"]}', 422],
    ['a note that is an object', '{"note": {"toString": "Hi"}}', 422],
    ['a note that is a huge number', '{"note": 1e300}', 422],
    ['a note that is true', '{"note": true}', 422],
    ['a name of 201 characters', JSON.stringify({ note: 'Hi', name: 'x'.repeat(201) }), 422],
    [
      'a phone number of 101 characters',
      JSON.stringify({ note: 'Hi', phone: '1'.repeat(101) }),
      422,
    ],
    ['a phone number with a fraction', '{"note": "Hi", "phone": 4.5}', 422],
    ['a source of 101 characters', JSON.stringify({ note: 'Hi', source: 'x'.repeat(101) }), 422],
    ['a field of the server', '{"note": "Hi", "id": "1"}', 422],
    ['another company', '{"note": "Hi", "tenant_id": "other"}', 422],
    ['a field named __proto__', '{"note": "Hi", "__proto__": {"admin": true}}', 422],
    ['a list', '[{"note": "Hi"}]', 422],
    ['null', 'null', 422],
    ['a text', '"Hi"', 422],
  ])('of %s is refused, and nothing is kept', async (_, body, status) => {
    const response = await refused(body);

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'of the type "%s" is refused',
    async (type) => {
      expect((await refused('{"note": "Hi"}', { 'content-type': type })).status).toBe(415);
    },
  );

  it('is told every field that is wrong, each by its name', async () => {
    const faulty = {
      email: 'jo@',
      phone: ['call me'],
      name: 7,
      note: ['Hi'],
      source: { page: 'home' },
      company: 'Acme',
    };
    const response = await refused(faulty);
    const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };

    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(
      ['#/company', '#/email', '#/name', '#/note', '#/phone', '#/source'].toSorted(),
    );
    expect(errors.every(({ detail }) => detail.endsWith('.'))).toBe(true);
    expect(JSON.stringify(errors)).not.toMatch(/call me|jo@"/);
  });

  it.each([
    'jo',
    'jo@',
    '@example.com',
    'jo@example',
    'jo jo@example.com',
    'jo@exa mple.com',
    'jo@-example.com',
    'jo@example..com',
    'jo@192.0.2.1',
    'jo@ex%61mple.com',
    'a@example.com, b@example.com',
  ])('with the email address %j is refused', async (email) => {
    expect((await refused({ note: 'Hi', email })).status).toBe(422);
  });

  it.each([
    { note: 'Hi', email: 'jo.o+x@mail.example.com', phone: '+491701234567' },
    { note: '<script>alert("1")</script> <b>Hi</b> &amp;', source: '<landing page>' },
    { note: 'أحتاج عرض سعر لعشرين مقعدا', name: 'שלום' },
    { note: '\u202eevil\u202c and \u200fmarks' },
    { note: '  Two spaces,\r\n\ta tab and lines, 👩‍👩‍👧 and 👍🏽  ' },
    { note: "'; DROP TABLE leads; -- <%= 7 * 7 %> {{7*7}} %00" },
    { note: '\ufffe\uffff and \\u0000 in letters' },
    { note: 'x'.repeat(10_000), name: 'n'.repeat(200), source: 's'.repeat(100) },
  ])('is kept as it is, letter by letter: %o', async (body) => {
    const [leads, tenant] = [aWorld(table), aKey()];
    const response = await leads.post(body, withKey(aKey(), { tenant }));
    const lead = await leadOf(response);
    for (const message of leads.queue) await leads.triage(message);
    const told = await leads.get(`/leads/${lead.id}`, { tenant });

    expect(response.status).toBe(201);
    expect(lead).toMatchObject(body);
    expect(await told.json()).toEqual(lead);
    expect(leads.queue).toMatchObject([{ lead }]);
  });

  it('is taken or refused clearly, whatever it is, and kept only if it is taken', async () => {
    const values = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.constant(undefined));
    const leads = fc.record(
      { note: values, name: values, email: values, phone: values, source: values, more: values },
      { requiredKeys: ['note'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(leads, fc.jsonValue()), async (body) => {
        const [leads, tenant] = [aWorld(table), aKey()];
        const text = JSON.stringify(body) ?? '';

        const { status } = await leads.post(text, withKey(aKey(), { tenant }));

        expect([201, 400, 413, 422]).toContain(status);
        expect(leads.queue).toHaveLength(status === 201 ? 1 : 0);
      }),
    );
  });

  it('that is nested deeper than anything means is refused, and fast', async () => {
    const deep = `{"note": ${'['.repeat(30_000)}${']'.repeat(30_000)}}`;

    expect([400, 422]).toContain((await refused(deep)).status);
  });

  it('of a size of bytes beyond the bound is refused, though its letters are few', async () => {
    const response = await refused({ note: '😀'.repeat(17_000) });

    expect([response.status, await problemOf(response)]).toEqual([413, 'body-too-large']);
  });

  it('is taken at most as large as a note may be, in any alphabet', async () => {
    const [leads, tenant] = [aWorld(table), aKey()];

    const response = await leads.post({ note: '漢'.repeat(10_000) }, withKey(aKey(), { tenant }));

    expect(response.status).toBe(201);
    expect(await leadsIn(table, tenant)).toHaveLength(1);
  });
});
