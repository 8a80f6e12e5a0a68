import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { messagesIn, startTestEngine, type TestEngine } from '../support/engine.ts';

let engine: TestEngine;
let key: string;

beforeAll(async () => {
  engine = await startTestEngine();
  await engine.tenants.create('strict', 'Strict');
  key = (await aKey(engine, 'strict')).text;
});

afterAll(() => engine.stop());

const { call, expectSilentLogs } = callsOf(() => engine);

const typed = (type: string) => ({ 'content-type': type });
const json = typed('application/json');

interface Problem {
  type: string;
  detail: string;
  errors?: { pointer: string }[];
}

/** Nothing but refusals have come to this company. */
async function expectNothing(): Promise<void> {
  expect(await (await call('/leads', { key })).json()).toEqual({ leads: [], next_cursor: null });
  expect(await messagesIn(engine, 'replies-engine-leads-local')).toBe(0);
}

describe.each(['/leads', '/leads/'])('a POST to %s', (path) => {
  const post = (body: string | undefined, headers: Record<string, string>) =>
    call(path, { key, method: 'POST', body, headers });

  it.each([
    ['a note of 1 MB', JSON.stringify({ note: 'x'.repeat(1_000_000) }), 413, 'body-too-large'],
    ['a null byte alone', '{"note": "\\u0000"}', 422, 'invalid'],
    ['a raw null byte', '{"note": "Hi\u0000"}', 400, 'malformed-json'],
    ['a number for a text', '{"note": 5}', 422, 'invalid'],
    ['a list for a text', '{"note": ["Hi"]}', 422, 'invalid'],
    ['an object for a text', '{"note": {"a": "Hi"}}', 422, 'invalid'],
    ['a huge number', '{"note": "Hi", "name": 1e400}', 400, 'malformed-json'],
    ['a long number', `{"note": "Hi", "name": ${'9'.repeat(5_000)}}`, 400, 'malformed-json'],
    ['a field that comes twice', '{"note": "Hi", "note": "Ho"}', 400, 'malformed-json'],
    ['a field that it does not know', '{"note": "Hi", "priority": "P0"}', 422, 'invalid'],
    ['a list', '[{"note": "Hi"}]', 422, 'invalid'],
    ['half a body', '{"note": "Hi', 400, 'malformed-json'],
    ['no note', '{}', 422, 'invalid'],
  ])('with %s is refused, and nothing is kept', async (_, body, status, type) => {
    const response = await post(body, { ...json, 'idempotency-key': 'k' });
    const problem = (await response.json()) as Problem;

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problem.type).toBe(`urn:replies-engine:error:${type}`);
    await expectNothing();
  });

  it.each([
    ['no body', '', json, 400],
    ['no body and no type', undefined, {}, 415],
    ['another type', '{"note": "Hi"}', typed('text/plain'), 415],
    ['a form', 'note=Hi', typed('application/x-www-form-urlencoded'), 415],
    ['bytes that are said to be XML', '<note>Hi</note>', typed('application/xml'), 415],
  ])('with %s is refused', async (_, body, headers, status) => {
    const response = await post(body, { ...headers, 'idempotency-key': 'k' });

    expect(response.status).toBe(status);
    await expectNothing();
  });

  it('without a key is refused, though all else is right', async () => {
    const response = await post('{"note": "Hi"}', json);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'urn:replies-engine:error:idempotency-key-missing',
    });
    await expectNothing();
  });

  it('is told every field that is wrong', async () => {
    const faulty = { email: 'jo', phone: {}, name: [], note: '', source: 7, more: 1 };
    const response = await post(JSON.stringify(faulty), { ...json, 'idempotency-key': 'k' });
    const { errors = [] } = (await response.json()) as Problem;

    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(
      Object.keys(faulty)
        .map((name) => `#/${name}`)
        .toSorted(),
    );
    await expectNothing();
  });
});

describe('a question about leads', () => {
  it.each([
    ['priority=P9', 'priority'],
    ['intent=anything', 'intent'],
    ['source=', 'source'],
    ['limit=0', 'limit'],
    ['limit=51', 'limit'],
    ['limit=1e1', 'limit'],
    ['cursor=yesterday', 'cursor'],
    [`cursor=LEADS%23${'x'.repeat(50)}`, 'cursor'],
  ])('with %s is refused by name', async (query, name) => {
    const response = await call(`/leads?${query}`, { key });

    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as Problem;
    expect(errors?.map(({ pointer }) => pointer)).toEqual([name]);
  });

  it.each(['x', '%00', '..%2F..', '123e4567-e89b-12d3-a456-426614174000', '%F0%9F%98%80'])(
    'by the id %s is told that there is none',
    async (id) => {
      const paths = [`/leads/${id}`, `/leads/${id}/insight`, `/leads/${id}/insights`];
      const answers = await Promise.all(paths.map((path) => call(path, { key })));

      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    },
  );
});

describe('right text of any kind', () => {
  it.each([
    '<script>alert(document.cookie)</script> & <b>prices?</b>',
    'أريد معرفة السعر \u200f123\u200e من فضلك',
    'שלום 👩‍👩‍👧\r\n\tprices?',
    '\ufffe\uffff',
  ])('is kept as it is: %j', async (note) => {
    const headers = { 'idempotency-key': `k-${Buffer.from(note).toString('hex').slice(0, 40)}` };
    const { text } = await aKey(engine, 'demo');
    const made = await call('/leads', { key: text, method: 'POST', body: { note }, headers });
    const { id } = (await made.json()) as { id: string };
    const path = `/leads/${id}/insight`;
    await expect
      .poll(async () => (await call(path, { key: text })).status, { timeout: 15_000 })
      .toBe(200);

    expect(made.status).toBe(201);
    expect(await (await call(`/leads/${id}`, { key: text })).json()).toMatchObject({ id, note });
  });
});

describe('the logs of all this', () => {
  it('hold no key, and nothing of what was sent', () => {
    expectSilentLogs(['document.cookie', 'prices?', 'xxxxx'], 2);
  });
});
