import { describe, expect, it } from 'vitest';
import { conversations, faultsOf } from './conversations-app.ts';

const asking = conversations();
const path = '/sessions/sessions';

type Ask = ReturnType<typeof asking>;
const begun = async (ask: Ask, body: unknown, headers = {}) => {
  const response = await ask('POST', path, { body, headers });
  const { data } = (await response.json()) as {
    data: { session_id: string; created_at: string; expires_at: string };
  };
  return { response, data };
};
const lifeOf = ({ created_at, expires_at }: { created_at: string; expires_at: string }) =>
  Math.round((Date.parse(expires_at) - Date.parse(created_at)) / 1000);

describe('a session', () => {
  it('keeps its context as it is sent, and another in its place', async () => {
    const ask = asking();
    const context = { cart: [{ sku: 'A-1', price: 19.900000000000002 }], note: '' };

    const { response, data } = await begun(ask, { context });
    const read = await ask('GET', `${path}/${data.session_id}`);
    const changed = await ask('PUT', `${path}/${data.session_id}`, { body: { context: {} } });

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${path}/${data.session_id}`);
    expect(await read.json()).toMatchObject({ success: true, data: { context } });
    expect(await changed.json()).toMatchObject({
      data: { context: {}, created_at: data.created_at, expires_at: data.expires_at },
    });
  });

  it('lasts for a day, or for its ttl', async () => {
    const ask = asking();

    const day = await begun(ask, { context: {} });
    const minute = await begun(ask, { context: {}, ttl: 60 });

    expect([lifeOf(day.data), lifeOf(minute.data)]).toEqual([86_400, 60]);
  });

  it('is not there once it has ended, and cannot be changed back to life', async () => {
    const ask = asking();
    const { data } = await begun(ask, { context: {}, ttl: 60 });
    const one = `${path}/${data.session_id}`;

    ask.clock.pass(61_000);

    expect((await ask('GET', one)).status).toBe(404);
    expect((await ask('PUT', one, { body: { context: {}, ttl: 600 } })).status).toBe(404);
  });

  it('lasts longer by the ttl of a change', async () => {
    const ask = asking();
    const { data } = await begun(ask, { context: {}, ttl: 60 });
    const one = `${path}/${data.session_id}`;

    await ask('PUT', one, { body: { context: {}, ttl: 600 } });
    ask.clock.pass(599_000);

    expect((await ask('GET', one)).status).toBe(200);
  });

  it('is made once by a key, which stands for one request', async () => {
    const ask = asking();
    const headers = { 'idempotency-key': 'mine' };

    const first = await begun(ask, { context: { a: 1 } }, headers);
    const again = await begun(ask, { context: { a: 1 } }, headers);
    const other = await ask('POST', path, { body: { context: { a: 2 } }, headers });

    expect([first.response.status, again.response.status, other.status]).toEqual([201, 200, 409]);
    expect(again.data).toEqual(first.data);
  });

  it('is that of its company alone', async () => {
    const ask = asking();
    const { data } = await begun(ask, { context: {} });
    const one = `${path}/${data.session_id}`;

    expect((await ask('GET', one, { tenant: 'another' })).status).toBe(404);
    const changed = await ask('PUT', one, { body: { context: {} }, tenant: 'another' });
    expect(changed.status).toBe(404);
  });

  it.each([
    [{ context: 'x' }, '#/context', 'Expected record, got string.'],
    [{ context: [] }, '#/context', 'Expected record, got array.'],
    [{}, '#/context', 'It is missing.'],
    [{ context: { x: 'x'.repeat(32_768) } }, '#/context', 'It has more than 32768 bytes.'],
    [{ context: {}, ttl: 59 }, '#/ttl', 'It must be at least 60.'],
    [{ context: {}, ttl: 2_592_001 }, '#/ttl', 'It must be at most 2592000.'],
    [{ context: {}, id: 1 }, '#/id', 'There is no such field.'],
  ])('is refused with %j', async (body, pointer, detail) => {
    const ask = asking();
    const { data } = await begun(ask, { context: {} });

    for (const [method, to] of [
      ['POST', path] as const,
      ['PUT', `${path}/${data.session_id}`] as const,
    ]) {
      const response = await ask(method, to, { body });
      expect(response.status).toBe(422);
      expect(await faultsOf(response)).toEqual({ [pointer]: detail });
    }
  });

  it('is not there under what is no id', async () => {
    expect((await asking()('GET', `${path}/none`)).status).toBe(404);
  });

  it('is refused where its body is longer than any context may be', async () => {
    const body = { context: { x: 'x'.repeat(40_000) } };

    expect((await asking()('POST', path, { body })).status).toBe(413);
  });
});
