import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  TwilioSimulator,
  TwilioSimulatorOptions,
} from '../../../../local/simulators/twilio/simulator.ts';
import {
  accountSid,
  aSimulator,
  authToken,
  type Business,
  business,
  callbackUrl,
  customer,
  startBusiness,
  stockClient,
} from './business.ts';

const written = { from: customer, to: business, body: 'Hello' };
const reply = { to: customer, from: business, body: 'Hi!', statusCallback: callbackUrl };

let receiving: Business;
const started: TwilioSimulator[] = [];

beforeEach(async () => {
  receiving = await startBusiness();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((simulator) => simulator.close()));
  await receiving.close();
});

const start = async (options: Partial<TwilioSimulatorOptions> = {}) => {
  const simulator = await aSimulator(receiving, options);
  started.push(simulator);
  return simulator;
};

const callbacks = () => receiving.posts.filter(({ form }) => form['MessageStatus']);
const statuses = () => callbacks().map(({ form }) => form['MessageStatus']);

describe('status callbacks', () => {
  it('come in order, signed over a URL that is kept to the letter', async () => {
    const simulator = await start();
    await simulator.customerWrites(written);

    const { sid } = await stockClient(simulator).messages.create(reply);

    await expect.poll(statuses).toEqual(['queued', 'sent', 'delivered', 'read']);
    for (const { url, form, signature } of callbacks()) {
      expect(`https://replies.example${url}`).toBe(callbackUrl);
      expect(validateRequest(authToken, signature, callbackUrl, form)).toBe(true);
      expect(form).toMatchObject({ MessageSid: sid, AccountSid: accountSid, To: customer });
    }
  });

  it('end with the delivery where customers do not read', async () => {
    const simulator = await start({ reads: false });
    await simulator.customerWrites(written);

    await stockClient(simulator).messages.create(reply);

    await expect.poll(statuses).toEqual(['queued', 'sent', 'delivered']);
    expect(simulator.sentTo(customer)).toMatchObject([{ status: 'delivered' }]);
  });

  it('come in another order when they are shuffled', async () => {
    const simulator = await start({ callbacks: 'shuffled', random: () => 0 });
    await simulator.customerWrites(written);

    await stockClient(simulator).messages.create(reply);

    await expect.poll(statuses).toEqual(['read', 'delivered', 'sent', 'queued']);
  });

  it('come twice each when they are doubled', async () => {
    const simulator = await start({ callbacks: 'doubled', reads: false });
    await simulator.customerWrites(written);

    await stockClient(simulator).messages.create(reply);

    await expect
      .poll(statuses)
      .toEqual(['queued', 'queued', 'sent', 'sent', 'delivered', 'delivered']);
  });

  it('do not come at all when there are none, though the message arrives', async () => {
    const simulator = await start({ callbacks: 'none' });
    await simulator.customerWrites(written);

    await stockClient(simulator).messages.create(reply);

    await expect.poll(() => simulator.sentTo(customer)[0]?.status).toBe('read');
    expect(statuses()).toEqual([]);
  });
});

describe('the window of 24 hours', () => {
  const hours = 3_600_000;
  let now = 0;

  beforeEach(() => {
    now = Date.parse('2026-03-02T10:00:00Z');
  });

  it('lets a reply through up to its end', async () => {
    const simulator = await start({ now: () => now });
    await simulator.customerWrites(written);
    now += 24 * hours - 1;

    await stockClient(simulator).messages.create(reply);

    await expect.poll(statuses).toEqual(['queued', 'sent', 'delivered', 'read']);
  });

  it('fails a later reply by callback, with 63016 and without the customer seeing it', async () => {
    const simulator = await start({ now: () => now });
    await simulator.customerWrites(written);
    now += 24 * hours;

    const { status, sid } = await stockClient(simulator).messages.create(reply);

    await expect.poll(statuses).toEqual(['queued', 'undelivered']);
    expect(status).toBe('queued');
    expect(callbacks().at(-1)?.form).toMatchObject({ MessageSid: sid, ErrorCode: '63016' });
    expect(await stockClient(simulator).messages(sid).fetch()).toMatchObject({ errorCode: 63016 });
    expect(simulator.events(customer).map(({ kind }) => kind)).not.toContain('message');
  });

  it('does not hold for a template', async () => {
    const simulator = await start({ now: () => now });
    const contentSid = `HX${'0'.repeat(32)}`;

    await stockClient(simulator).messages.create({ ...reply, body: undefined, contentSid });

    await expect.poll(statuses).toEqual(['queued', 'sent', 'delivered', 'read']);
    expect(simulator.sentTo(customer)).toMatchObject([{ contentSid }]);
  });
});

describe('a simulator with a file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'twilio-simulator-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('knows after a restart what was said before, and brings on what was on its way', async () => {
    const file = path.join(folder, 'twilio.sqlite');
    const before = await aSimulator(receiving, { file, deliveryMs: 60_000 });
    const { messageSid } = await before.customerWrites(written);
    const { sid } = await stockClient(before).messages.create(reply);
    await expect.poll(statuses).toEqual(['queued']);
    await before.close();

    const after = await start({ file });

    await expect.poll(() => after.sentTo(customer)).toMatchObject([{ sid, status: 'read' }]);
    await expect.poll(statuses).toEqual(['queued', 'sent', 'delivered', 'read']);
    const list = await stockClient(after).messages.list();
    expect(list.map((message) => message.sid)).toEqual([sid, messageSid]);
    expect(await after.repeatWebhook(messageSid)).toMatchObject({ status: 200 });
  });
});

describe('the end of a simulator', () => {
  it('waits for nothing that is still on its way', async () => {
    const simulator = await aSimulator(receiving, { deliveryMs: 60_000 });
    await simulator.customerWrites(written);
    await stockClient(simulator).messages.create(reply);

    await simulator.close();
  });
});
