import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import {
  aSid,
  authToken,
  formOf,
  messageFields,
  signedRequest,
  twilioSecret,
} from '../support/webhook.ts';
import { aReceiver } from './receiving.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('a signed webhook', () => {
  it.each([
    ['accents and other scripts', 'Où est ma commande ? 注文はどこですか'],
    ['emoji', '👩‍👩‍👧‍👦 thanks 🙏🏽'],
    ['plus signs, percents and ampersands', '1+1=2 & 100 % of a=b; c+d'],
    ['apostrophes and quotes', `It's "fine", isn't it? ~(yes)*!`],
    ['several lines', 'one\ntwo\r\n\n three '],
    ['an empty text', ''],
  ])('is accepted with %s, to the letter', async (_, body) => {
    const { post, enqueued } = await aReceiver(table);

    const response = await post({ Body: body });

    expect(response.status).toBe(200);
    expect(enqueued()[0]?.twilio_message['Body']).toBe(body);
  });

  it('keeps repeated fields as lists', async () => {
    const { post, enqueued } = await aReceiver(table);

    const response = await post({ Tag: ['b', 'a', 'b'] });

    expect(response.status).toBe(200);
    expect(enqueued()[0]?.twilio_message['Tag']).toEqual(['b', 'a', 'b']);
  });

  it('may have fields that are named as an object’s own', async () => {
    const { post, enqueued } = await aReceiver(table);

    const response = await post({ ['__proto__']: 'x', constructor: 'y', toString: 'z' });

    expect(response.status).toBe(200);
    expect(enqueued()[0]?.twilio_message).toMatchObject({ constructor: 'y', toString: 'z' });
  });

  it.each([
    ['https://replies.example', 'https://replies.example'],
    ['https://replies.example/', 'https://replies.example'],
    ['https://gate.example/prod', 'https://gate.example/prod'],
    ['https://gate.example/prod/', 'https://gate.example/prod'],
    ['http://localhost:3000', 'http://localhost:3000'],
  ])('fits the public base URL %s', async (configured, called) => {
    const { post } = await aReceiver(table, configured);

    const response = await post({}, { baseUrl: called });

    expect(response.status).toBe(200);
  });

  it.each(["?tenant=acme&note=it's", '?empty=&b=%20c%2B&a', '?text=%E2%82%AC~()'])(
    'is checked with the query of its URL: %s',
    async (query) => {
      const { app } = await aReceiver(table);

      const request = signedRequest(paths.inbound + query, messageFields());

      expect((await app.request(request)).status).toBe(200);
    },
  );
});

describe('a webhook that Twilio did not sign', () => {
  const tampered = formOf(messageFields({ Body: 'Send me the money.' }));

  it.each([
    ['another body', { body: tampered }],
    ['a field too many', { body: `${formOf(messageFields())}&Extra=1` }],
    ['a field too few', { body: formOf(messageFields({ NumMedia: undefined })) }],
    ['another URL', { baseUrl: 'https://elsewhere.example' }],
    ['another token', { token: 'another' }],
    ['a signature of another length', { signature: 'c2hvcnQ=' }],
    ['an empty signature', { signature: '' }],
    ['no signature', { signature: null }],
  ])('is refused: %s', async (_, signing) => {
    const { post, queue, meter } = await aReceiver(table);
    const before = await table.items();

    const response = await post({}, signing);

    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: 'urn:replies-engine:error:signature-invalid',
      status: 403,
    });
    expect(queue.sent).toEqual([]);
    expect(await table.items()).toEqual(before);
    expect(meter.counts).toEqual({ SignatureRejected: 1 });
  });

  it('is refused when the query of its URL was changed', async () => {
    const { app, queue } = await aReceiver(table);
    const genuine = signedRequest(`${paths.inbound}?tenant=acme`, messageFields());

    const response = await app.request(new Request(genuine.url.replace('acme', 'globex'), genuine));

    expect(response.status).toBe(403);
    expect(queue.sent).toEqual([]);
  });
});

describe('a rotated auth token', () => {
  it('is fetched again once, and kept', async () => {
    const { post, vault } = await aReceiver(table);
    await post({ MessageSid: aSid('before') });
    vault.value = twilioSecret('rotated');

    const first = await post({ MessageSid: aSid('after') }, { token: 'rotated' });
    const second = await post({ MessageSid: aSid('later') }, { token: 'rotated' });

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(vault.fetches).toBe(2);
  });

  it('makes what the old one signed invalid', async () => {
    const { post, vault } = await aReceiver(table);
    vault.value = twilioSecret('rotated');
    await post({}, { token: 'rotated' });

    const response = await post({}, { token: authToken });

    expect(response.status).toBe(403);
  });

  it('does not let a flood of bad signatures reach Secrets Manager', async () => {
    const { post, vault } = await aReceiver(table);

    const flood = Array.from({ length: 50 }, () => post({}, { token: 'guess' }));
    const answers = await Promise.all(flood);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(vault.fetches).toBe(2);
  });

  it('is found ten seconds after such a flood', async () => {
    const { post, vault } = await aReceiver(table);
    await post({}, { token: 'guess' });
    vault.value = twilioSecret('rotated');
    table.clock.pass(10_000);

    const response = await post({}, { token: 'rotated' });

    expect(response.status).toBe(200);
    expect(vault.fetches).toBe(3);
  });
});
