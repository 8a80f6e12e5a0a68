import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TwilioSimulator } from '../../../../local/simulators/twilio/simulator.ts';
import {
  accountSid,
  aSimulator,
  authToken,
  type Business,
  business,
  customer,
  publicUrl,
  startBusiness,
  stockClient,
} from './business.ts';

const fromCustomer = { from: customer, to: business };
const basic = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

let receiving: Business;
let simulator: TwilioSimulator;

beforeEach(async () => {
  receiving = await startBusiness();
  simulator = await aSimulator(receiving);
});

afterEach(async () => {
  await simulator.close();
  await receiving.close();
});

describe('a message from a customer', () => {
  it('arrives as a form that validates with the public URL', async () => {
    const answer = await simulator.customerWrites({ ...fromCustomer, body: 'Olá, 1+1=2 & mais?' });

    expect(answer).toMatchObject({ status: 200, body: '<Response/>' });
    const [post] = receiving.posts;
    expect(post?.url).toBe('/whatsapp/inbound?tenant=acme');
    expect(validateRequest(authToken, post?.signature ?? '', publicUrl, post?.form ?? {})).toBe(
      true,
    );
  });

  it('carries the fields of Twilio', async () => {
    const { messageSid } = await simulator.customerWrites({ ...fromCustomer, body: 'Hello' });

    expect(messageSid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(receiving.posts[0]?.form).toMatchObject({
      MessageSid: messageSid,
      SmsMessageSid: messageSid,
      SmsSid: messageSid,
      AccountSid: accountSid,
      From: customer,
      To: business,
      Body: 'Hello',
      NumMedia: '0',
      MessageType: 'text',
      WaId: '15551230001',
      ApiVersion: '2010-04-01',
    });
  });

  it('carries what was tapped, where it is, and anything else asked for', async () => {
    await simulator.customerWrites({ ...fromCustomer, buttonText: 'Yes', buttonPayload: 'yes' });
    await simulator.customerWrites({ ...fromCustomer, latitude: 1.5, longitude: -2 });
    await simulator.customerWrites({ ...fromCustomer, body: 'Hi', extra: { NewField: 'new' } });

    expect(receiving.posts.map(({ form }) => form)).toMatchObject([
      { MessageType: 'button', ButtonText: 'Yes', ButtonPayload: 'yes' },
      { MessageType: 'location', Latitude: '1.5', Longitude: '-2' },
      { MessageType: 'text', NewField: 'new' },
    ]);
  });

  it('comes again with the same MessageSid when its webhook is repeated', async () => {
    const { messageSid } = await simulator.customerWrites({ ...fromCustomer, body: 'Hello' });

    await simulator.repeatWebhook(messageSid);

    const [first, second] = receiving.posts;
    expect(second).toEqual(first);
  });

  it('is tried once more when the connection fails, and then reported as not taken', async () => {
    let tries = 0;
    const nowhere = () => {
      tries += 1;
      return 'http://127.0.0.1:1';
    };
    const cutOff = await aSimulator(receiving, { postTo: nowhere });

    const answer = await cutOff.customerWrites({ ...fromCustomer, body: 'Hello' });

    expect(answer).toMatchObject({ status: 0, failure: expect.stringContaining('ECONNREFUSED') });
    expect(tries).toBe(2);
    await cutOff.close();
  });

  it('is given up when the webhook does not answer in time', async () => {
    const silent = await startBusiness(() => new Promise<Response>(() => {}));
    const hasty = await aSimulator(silent, { webhookTimeoutMs: 10 });

    const answer = await hasty.customerWrites({ ...fromCustomer, body: 'Hello' });

    expect(answer).toMatchObject({ status: 0, failure: 'no answer within 0.01 s' });
    await hasty.close();
    await silent.close();
  });
});

describe('media from a customer', () => {
  const picture = { contentType: 'image/png', bytes: new Uint8Array([137, 80, 78, 71]) };

  it('is fetched with the account, by way of a redirect to a place that asks for none', async () => {
    await simulator.customerWrites({ ...fromCustomer, body: 'Look', media: [picture] });
    const { MediaUrl0 = '', ...form } = receiving.posts[0]?.form ?? {};

    const redirect = await fetch(MediaUrl0, {
      headers: { authorization: basic },
      redirect: 'manual',
    });
    const file = await fetch(redirect.headers.get('location') ?? '');

    expect(form).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/png' });
    expect(redirect.status).toBe(307);
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(picture.bytes);
  });

  it('is refused without the account', async () => {
    await simulator.customerWrites({ ...fromCustomer, media: [picture] });

    const response = await fetch(receiving.posts[0]?.form['MediaUrl0'] ?? '');

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 20003, status: 401 });
  });

  it('is listed by the stock client', async () => {
    const { messageSid } = await simulator.customerWrites({ ...fromCustomer, media: [picture] });

    const media = await stockClient(simulator).messages(messageSid).media.list();

    expect(media).toMatchObject([{ contentType: 'image/png', parentSid: messageSid }]);
  });
});

describe('a typing indicator', () => {
  it('of the stock client shows on the phone of the customer', async () => {
    const { messageSid, n } = await simulator.customerWrites({ ...fromCustomer, body: 'Hello' });

    const { success } = await stockClient(simulator).messaging.v2.typingIndicator.create({
      messageId: messageSid,
      channel: 'whatsapp',
    });

    expect(success).toBe(true);
    expect(simulator.events(customer, n)).toMatchObject([
      { kind: 'status', status: 'delivered', sid: messageSid },
      { kind: 'typing', sid: messageSid },
    ]);
  });

  it('is refused for a message that does not exist', async () => {
    const typing = stockClient(simulator).messaging.v2.typingIndicator.create({
      messageId: `SM${'0'.repeat(32)}`,
      channel: 'whatsapp',
    });

    await expect(typing).rejects.toMatchObject({ code: 20404 });
  });
});
