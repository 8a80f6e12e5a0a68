import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { failingTable, startTestTable, type TestTable } from '../support/table.ts';
import { aSid, customerAddress, formOf, messageFields, signedRequest } from '../support/webhook.ts';
import { aReceiver } from './receiving.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as { type: string; detail: string };
};

describe('a number that is not registered', () => {
  it('is answered with a problem that names it and says what to do', async () => {
    const { post, queue, meter, log } = await aReceiver(table);

    const response = await post({ To: 'whatsapp:+4930999999', MessageSid: aSid('unknown') });

    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({
      type: 'urn:replies-engine:error:unknown-channel',
      detail: expect.stringMatching(/whatsapp:\+4930999999.*npm run channels -- add/),
    });
    expect(queue.sent).toEqual([]);
    expect(meter.counts).toEqual({ UnknownChannel: 1 });
    expect(log.text()).toContain('whatsapp:+4930999999');
    expect(log.text()).toContain(aSid('unknown'));
  });
});

describe('a form that lacks what is needed', () => {
  it.each(['MessageSid', 'From', 'To'])(
    'is answered with a problem that names %s',
    async (name) => {
      const { post, queue } = await aReceiver(table);

      const [missing, empty] = [await post({ [name]: undefined }), await post({ [name]: '' })];

      expect([missing.status, empty.status]).toEqual([400, 400]);
      expect((await problemOf(missing)).detail).toBe(`The form lacks ${name}.`);
      expect(queue.sent).toEqual([]);
    },
  );

  it('names all fields that are missing', async () => {
    const { post } = await aReceiver(table);

    const response = await post({ MessageSid: undefined, From: undefined, To: undefined });

    expect((await problemOf(response)).detail).toBe('The form lacks MessageSid, From, To.');
  });
});

describe('a form with a field that Twilio cannot have made', () => {
  it.each([
    ['From', `whatsapp:+${'1'.repeat(3_000)}`],
    ['To', `whatsapp:+${'1'.repeat(3_000)}`],
    ['MessageSid', `SM${'a'.repeat(127)}`],
    ['MessageSid', 'SM 1'],
    ['MessageSid', 'SMé'],
  ])('is answered with a problem that names %s but not its value', async (name, value) => {
    const { post, queue } = await aReceiver(table);

    const response = await post({ [name]: value });

    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      type: 'urn:replies-engine:error:fields-malformed',
      detail: expect.stringMatching(new RegExp(`: ${name}\\.$`)),
    });
    expect(queue.sent).toEqual([]);
  });

  it('is taken while the field is within its bound', async () => {
    const { post, enqueued } = await aReceiver(table);

    const response = await post({ MessageSid: `SM${'a'.repeat(126)}` });

    expect(response.status).toBe(200);
    expect(enqueued()).toHaveLength(1);
  });
});

describe('a request that is no webhook', () => {
  it.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain'])(
    'is refused as %s',
    async (contentType) => {
      const { post, queue } = await aReceiver(table);

      const response = await post({}, { contentType });

      expect(response.status).toBe(415);
      expect((await problemOf(response)).type).toMatch(/unsupported-media-type$/);
      expect(queue.sent).toEqual([]);
    },
  );

  it('may not be larger than its bound, whether it says so or not', async () => {
    const { post, app, queue } = await aReceiver(table);
    const body = 'x'.repeat(limits.webhookBodyBytes + 1);
    const honest = signedRequest(paths.inbound, messageFields(), { body });
    honest.headers.set('content-length', String(body.length));

    const answers = [await post({}, { body }), await app.request(honest)];

    for (const response of answers) {
      expect(response.status).toBe(413);
      expect((await problemOf(response)).type).toMatch(/body-too-large$/);
    }
    expect(queue.sent).toEqual([]);
  });

  it('may be as large as its bound', async () => {
    const { post } = await aReceiver(table);
    const rest = formOf(messageFields({ Body: '' })).length;

    const response = await post({ Body: 'x'.repeat(limits.webhookBodyBytes - rest) });

    expect(response.status).toBe(200);
  });

  it('finds nothing under another method or path', async () => {
    const { app } = await aReceiver(table);

    const answers = [await app.request(paths.inbound), await app.request('/elsewhere')];

    for (const response of answers) {
      expect(response.status).toBe(404);
      expect((await problemOf(response)).type).toMatch(/not-found$/);
    }
  });
});

describe('a message that cannot be taken', () => {
  it('is answered with 503 while the queue is down, and taken when it comes again', async () => {
    const { post, queue, enqueued, meter } = await aReceiver(table);
    queue.failure = new Error('The queue is down.');

    const refused = await post({ MessageSid: aSid('again') });
    queue.failure = undefined;
    const taken = await post({ MessageSid: aSid('again') });

    expect(refused.status).toBe(503);
    expect((await problemOf(refused)).type).toMatch(/unavailable$/);
    expect(taken.status).toBe(200);
    expect(enqueued()).toHaveLength(1);
    expect(meter.counts).toEqual({ MessagesReceived: 1 });
  });

  it('is answered with 503 while the table is down, and is not in the queue', async () => {
    let down = false;
    const { post, queue } = await aReceiver(failingTable(table, () => down));

    down = true;
    const refused = await post();
    down = false;
    const taken = await post();

    expect([refused.status, taken.status]).toEqual([503, 200]);
    expect(queue.sent).toHaveLength(1);
  });

  it('is answered with 503 while the secret has no value', async () => {
    const { post, vault, queue } = await aReceiver(table);
    vault.value = undefined;

    const response = await post();

    expect(response.status).toBe(503);
    expect((await problemOf(response)).detail).toContain('secret_empty');
    expect(queue.sent).toEqual([]);
  });
});

describe('the log of the door', () => {
  const words = 'My secret plan is under the mat';
  const telling = [customerAddress.slice(-10), words, 'Ada Lovelace'];

  it('never holds the customer’s number, name or words', async () => {
    let down = false;
    const { post, queue, log } = await aReceiver(failingTable(table, () => down));
    const fields = { Body: words, ProfileName: 'Ada Lovelace' };
    const tell = (more: object = {}, signing = {}) => post({ ...fields, ...more }, signing);

    await tell();
    await tell({}, { token: 'wrong' });
    await tell({}, { signature: null });
    await tell({}, { contentType: 'text/plain' });
    await tell({ To: 'whatsapp:+4930999999' });
    await tell({ MessageSid: undefined });
    await tell({ Body: 'STOP' });
    await tell({ Body: 'START', MessageSid: aSid('start') });
    queue.failure = new Error(`Not sent: ${words} of ${customerAddress}`);
    await tell();
    queue.failure = undefined;
    down = true;
    await tell();

    expect(log.lines.length).toBeGreaterThanOrEqual(7);
    for (const told of telling) expect(log.text()).not.toContain(told);
  });

  it('never repeats them in an answer', async () => {
    const { post, queue } = await aReceiver(table);
    queue.failure = new Error(`Not sent: ${words} of ${customerAddress}`);
    const fields = { Body: words, ProfileName: 'Ada Lovelace' };

    const answers = [
      await post(fields),
      await post(fields, { token: 'wrong' }),
      await post({ ...fields, To: 'whatsapp:+4930999999' }),
    ];

    const texts = await Promise.all(answers.map((response) => response.text()));
    for (const told of telling) expect(texts.join('\n')).not.toContain(told);
  });
});
