import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../lambdas/administration/openapi.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { aCustomer, startTestEngine, type TestEngine } from '../support/engine.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

const { call, setFeature, expectSilentLogs } = callsOf(() => engine);

describe('one company', () => {
  const marker = 'Quetzalcoatl';

  it('never sees a byte of another, whatever it asks for', async () => {
    await engine.tenants.create('aztec', `${marker} Ltd`);
    await engine.tenants.create('maya', 'Maya Ltd');
    const [{ text: theirs }, { text: ours }] = [
      await aKey(engine, 'aztec'),
      await aKey(engine, 'maya'),
    ];
    await setFeature(theirs, 'secret.recipe', { [marker]: marker });
    await setFeature(theirs, 'assistant', { instructions: marker });
    // Routes that stream are behind an API of their own: visitors.test.ts.
    const guarded = allRoutes.filter(
      ({ access, streams }) => access !== 'open' && access !== 'signed' && !streams,
    );
    const known = [
      'secret.recipe',
      'assistant',
      'aztec',
      `aztec#${marker}`,
      '..',
      '%23',
      'CHANGE#',
      '../aztec',
    ];
    const asked = fc.record({
      route: fc.constantFrom(...guarded),
      name: fc.oneof(fc.constantFrom(...known), fc.string({ minLength: 1, unit: 'binary' })),
      cursor: fc.option(fc.oneof(fc.constantFrom(...known), fc.string()), { nil: undefined }),
    });

    await fc.assert(
      fc.asyncProperty(asked, async ({ route, name, cursor }) => {
        const path = route.path.replace(/\{\w+\}/, encodeURIComponent(name.toWellFormed()));
        const query =
          cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor.toWellFormed())}`;
        const response = await call(path + query, {
          key: ours,
          method: route.method,
          ...(route.method === 'POST' && { body: { feature_value: 1 } }),
        });
        const answer = await response.text();
        expect(response.status).toBeLessThan(500);
        if (!name.includes(marker)) expect(answer).not.toContain(marker);
      }),
      { numRuns: 100 },
    );
    const kept = await call('/tenant-configuration/secret.recipe', { key: theirs });
    expect(await kept.json()).toMatchObject({ feature_value: { [marker]: marker }, version: 1 });
  }, 60_000);

  it('is told the same of another’s feature as of one that nobody has', async () => {
    await engine.tenants.create('inca', 'Inca');
    await engine.tenants.create('toltec', 'Toltec');
    await setFeature((await aKey(engine, 'inca')).text, 'hidden', 1);
    const { text: key } = await aKey(engine, 'toltec');

    const [another, nobodys] = await Promise.all(
      ['hidden', 'absent'].map((name) => call(`/tenant-configuration/${name}`, { key })),
    );

    expect(another?.status).toBe(404);
    expect(nobodys?.status).toBe(404);
    expect((await another?.text())?.replaceAll('hidden', 'absent')).toBe(await nobodys?.text());
  });
});

describe('the tenant configuration', () => {
  it('is changed by one of two who read the same version', async () => {
    const created = await setFeature(engine.demoKey, 'opening-hours', { monday: '9-17' });
    const etag = created.headers.get('etag') ?? '';

    const changes = await Promise.all([
      setFeature(engine.demoKey, 'opening-hours', { monday: '8-16' }, { 'if-match': etag }),
      setFeature(engine.demoKey, 'opening-hours', { monday: '10-18' }, { 'if-match': etag }),
    ]);

    expect(created.status).toBe(201);
    expect(new Set(changes.map(({ status }) => status))).toEqual(new Set([200, 412]));
  });

  it.each([
    ['if-match', 'W/"1"'],
    ['if-match', ''],
    ['if-none-match', ''],
    ['if-none-match', '*'],
    ['if-none-match', '"1"'],
  ])(
    'is not changed under a precondition that does not hold or cannot be read: %s %j',
    async (name, value) => {
      await setFeature(engine.demoKey, 'guarded', 1);

      const response = await setFeature(engine.demoKey, 'guarded', 2, { [name]: value });

      expect(response.status).toBe(412);
    },
  );

  it('tells who changed what, and what was before', async () => {
    await setFeature(engine.demoKey, 'colour', 'red');
    await setFeature(engine.demoKey, 'colour', 'green');

    const response = await call('/tenant-configuration/colour/changes', { key: engine.demoKey });

    const [, keyId] = /_([0-9A-Za-z]{12})_/.exec(engine.demoKey) ?? [];
    expect(await response.json()).toMatchObject({
      changes: [
        { version: 2, changed_by: `key:${keyId}`, before: 'red', action: 'set' },
        { version: 1 },
      ],
      next_cursor: null,
    });
  });

  it.each([
    ['assistant', { modell: 'gpt' }, ['#/feature_value/modell']],
    [
      'assistant.support',
      { limits: { max_output_tokens: 'many' } },
      ['#/feature_value/limits/max_output_tokens'],
    ],
    ['assistant', 'be kind', ['#/feature_value']],
    ['message-retention', { days: 0 }, ['#/feature_value/days']],
    ['message-retention', {}, ['#/feature_value/days']],
  ])('refuses for %s the value %j, and names each fault', async (feature, value, pointers) => {
    const response = await setFeature(engine.demoKey, feature, value);
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };

    expect(response.status).toBe(422);
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each([
    ['no body', '', 400],
    ['no JSON', '{"feature_value": ', 400],
    ['half a surrogate pair', '{"feature_value": "\\ud800"}', 400],
    ['a number that is none', '{"feature_value": 1e999}', 400],
    [
      'numbers that are long when written out',
      `{"feature_value": [${'1e20,'.repeat(9_000)}1]}`,
      413,
    ],
    ['no value', '{}', 422],
    ['another field', '{"feature_value": 1, "tenant_id": "other"}', 422],
    ['an array', '[1]', 422],
    ['a value that is too large', JSON.stringify({ feature_value: 'x'.repeat(100_001) }), 413],
  ])('refuses %s', async (_, body, status) => {
    const response = await call('/tenant-configuration/free', {
      key: engine.demoKey,
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });

    expect(response.status).toBe(status);
    expect((await call('/tenant-configuration/free', { key: engine.demoKey })).status).toBe(404);
  });

  it('keeps what nothing here reads, and says so', async () => {
    const set = async (name: string) => {
      const response = await call(`/tenant-configuration/${name}`, {
        key: engine.demoKey,
        method: 'POST',
        body: JSON.stringify({ feature_value: { days: 5 } }),
        headers: { 'content-type': 'application/json' },
      });
      return (await response.json()) as { note?: string };
    };

    expect((await set('mesage-retention')).note).toMatch(
      /reads assistant, (.+, )?message-retention/,
    );
    expect((await set('message-retention')).note).toBeUndefined();
  });

  it('says who answers the company’s customers, and how', async () => {
    await engine.tenants.create('florist', 'Florist');
    await engine.channels.add({
      number: 'whatsapp:+14155230001',
      company_id: 'florist',
      project_id: 'shop',
    });
    const { text: key } = await aKey(engine, 'florist');
    await setFeature(key, 'assistant', { texts: { unreadable: 'Words, please; not {kinds}.' } });
    await setFeature(key, 'message-retention', { days: 2 });
    const customer = aCustomer(engine, '+15550200001', 'whatsapp:+14155230001');

    await customer.writes('', { media: [{ contentType: 'audio/ogg', bytes: Buffer.from('x') }] });

    const [reply] = await customer.hears(1);
    expect(reply).toMatch(/^Words, please; not /);
  });
});

describe('the logs of all this', () => {
  it('hold no key, and nothing of a customer or of what was configured', () => {
    expectSilentLogs(['5550200001', 'Quetzalcoatl'], 5);
  });
});
