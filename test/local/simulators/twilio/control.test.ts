import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TwilioSimulator } from '../../../../local/simulators/twilio/simulator.ts';
import { asking } from '../../../support/asking.ts';
import {
  accountSid,
  aSimulator,
  type Business,
  business,
  customer,
  startBusiness,
  stockClient,
} from './business.ts';

let receiving: Business;
let simulator: TwilioSimulator;
let phone: string;

beforeEach(async () => {
  receiving = await startBusiness();
  simulator = await aSimulator(receiving);
  phone = `${simulator.url}/_sim/customers/${encodeURIComponent(customer)}`;
});

afterEach(async () => {
  await simulator.close();
  await receiving.close();
});

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) });

/** Unlike fetch, lets a test say any Host. */
const statusFor = async (headers: Record<string, string>) =>
  (await asking(`${simulator.url}/_sim/state`, headers)).status;

describe('the control API of the simulator', () => {
  it('lets a customer write, media included, and gives the answer of the webhook', async () => {
    const media = [{ contentType: 'image/png', bytes: 'iVBORw==' }];

    const response = await post(`${phone}/messages`, { to: business, body: 'Look', media });

    expect(await response.json()).toMatchObject({ status: 200, body: '<Response/>' });
    expect(receiving.posts[0]?.form).toMatchObject({ From: customer, Body: 'Look', NumMedia: '1' });
  });

  it('waits with its answer until something happens', async () => {
    const waiting = fetch(`${phone}/events?after=0&wait=20`);

    await simulator.customerWrites({ from: customer, to: business, body: 'Hello' });

    const { events } = (await (await waiting).json()) as { events: unknown[] };
    expect(events).toMatchObject([{ n: 1, kind: 'wrote', body: 'Hello' }]);
  });

  it('answers at once when it is not to wait', async () => {
    const response = await fetch(`${phone}/events?after=3`);

    expect(await response.json()).toEqual({ events: [] });
  });

  it('says what is wrong with a request', async () => {
    const messages = await post(`${phone}/messages`, { to: 'nobody', boddy: 'Hello' });
    const faults = await post(`${simulator.url}/_sim/faults`, { operation: 'all' });
    const noJson = await fetch(`${simulator.url}/_sim/faults`, { method: 'POST', body: 'x' });

    const texts = await Promise.all([messages, faults, noJson].map((answer) => answer.text()));
    expect([messages, faults, noJson].map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(texts[0]).toContain('Expected an address like whatsapp:+15551230001');
    expect(texts[0]).toContain('boddy');
    expect(texts[1]).toContain('operation');
    expect(texts[2]).toContain('Expected the body to be JSON');
  });

  it('adds and clears faults', async () => {
    const fault = { operation: 'messages.list', effect: { kind: 'respond', status: 500 } };
    const { messages } = stockClient(simulator);

    await post(`${simulator.url}/_sim/faults`, { ...fault, times: 9 });
    await expect(messages.list()).rejects.toMatchObject({ status: 500 });
    await fetch(`${simulator.url}/_sim/faults`, { method: 'DELETE' });

    expect(await messages.list()).toEqual([]);
  });

  it('tells the account and who wrote', async () => {
    await simulator.customerWrites({ from: customer, to: business, body: 'Hello' });

    const response = await fetch(`${simulator.url}/_sim/state`);

    expect(await response.json()).toEqual({ accountSid, numbers: [customer] });
  });

  it('is closed to a page of another site', async () => {
    expect(await statusFor({ host: 'localhost:1234' })).toBe(200);
    expect(await statusFor({ host: 'rebound.example' })).toBe(403);
    expect(await statusFor({ origin: 'https://elsewhere.example' })).toBe(403);
  });
});
