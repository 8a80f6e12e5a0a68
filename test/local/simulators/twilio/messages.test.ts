import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TwilioSimulator } from '../../../../local/simulators/twilio/simulator.ts';
import {
  accountSid,
  aSimulator,
  type Business,
  business,
  customer,
  startBusiness,
  stockClient,
} from './business.ts';

const toCustomer = { to: customer, from: business };

let receiving: Business;
let simulator: TwilioSimulator;

beforeEach(async () => {
  receiving = await startBusiness();
  simulator = await aSimulator(receiving);
  await simulator.customerWrites({ from: customer, to: business, body: 'Hello' });
});

afterEach(async () => {
  await simulator.close();
  await receiving.close();
});

const sent = async (...bodies: string[]) => {
  const { messages } = stockClient(simulator);
  for (const body of bodies) await messages.create({ ...toCustomer, body });
};

describe('a message of the stock client', () => {
  it('is accepted as queued and reaches the customer', async () => {
    const message = await stockClient(simulator).messages.create({ ...toCustomer, body: 'Hi!' });

    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(message).toMatchObject({ status: 'queued', body: 'Hi!', to: customer, accountSid });
    expect(message.dateCreated).toBeInstanceOf(Date);
    await expect
      .poll(() => simulator.events(customer))
      .toContainEqual(expect.objectContaining({ kind: 'message', sid: message.sid, body: 'Hi!' }));
  });

  it('is fetched as it stands', async () => {
    const { messages } = stockClient(simulator);
    const { sid } = await messages.create({ ...toCustomer, body: 'Hi!' });

    await expect.poll(() => simulator.sentTo(customer)[0]?.status).toBe('read');

    expect(await messages(sid).fetch()).toMatchObject({ sid, status: 'read', errorCode: null });
  });

  it.each([
    ['no body', { ...toCustomer }, 21619],
    ['a body over 1600 characters', { ...toCustomer, body: 'x'.repeat(1601) }, 21617],
    ['a recipient that is no number', { ...toCustomer, to: 'whatsapp:+1', body: 'Hi' }, 21211],
    ['an unknown sender', { ...toCustomer, from: 'whatsapp:us', body: 'Hi' }, 63007],
    ['no sender', { to: customer, body: 'Hi' }, 21603],
    ['an empty recipient', { ...toCustomer, to: '', body: 'Hi' }, 21604],
    ['a bad callback', { ...toCustomer, body: 'Hi', statusCallback: 'nowhere' }, 21609],
  ])('is refused with %s', async (_, message, code) => {
    const creation = stockClient(simulator).messages.create(message);

    await expect(creation).rejects.toMatchObject({ status: 400, code });
    expect(simulator.sentTo(customer)).toEqual([]);
  });

  it('is refused with a wrong token, and for an account that is not there', async () => {
    const stranger = stockClient(simulator, 'another-token');
    const elsewhere = stockClient(simulator).api.v2010.accounts(`AC${'2'.repeat(32)}`);

    const message = { ...toCustomer, body: 'Hi' };
    await expect(stranger.messages.create(message)).rejects.toMatchObject({ code: 20003 });
    await expect(elsewhere.messages.create(message)).rejects.toMatchObject({ code: 20404 });
  });
});

describe('the list of messages', () => {
  it('shows the newest first, from and to whom it is asked', async () => {
    await sent('one', 'two', 'three');
    await simulator.customerWrites({ from: 'whatsapp:+15551230002', to: business, body: 'Me too' });

    const list = await stockClient(simulator).messages.list(toCustomer);
    const all = await stockClient(simulator).messages.list();

    expect(list.map(({ body }) => body)).toEqual(['three', 'two', 'one']);
    expect(all.map(({ body }) => body)).toEqual(['Me too', 'three', 'two', 'one', 'Hello']);
  });

  it('continues over its pages', async () => {
    await sent('one', 'two', 'three', 'four', 'five');

    const list = await stockClient(simulator).messages.list({ ...toCustomer, pageSize: 2 });

    expect(list.map(({ body }) => body)).toEqual(['five', 'four', 'three', 'two', 'one']);
  });

  it('does not shift its pages when a message comes in between', async () => {
    await sent('one', 'two', 'three');
    const first = await stockClient(simulator).messages.page({ ...toCustomer, pageSize: 2 });

    await sent('four');
    const second = await first.nextPage();

    expect(second?.instances.map(({ body }) => body)).toEqual(['one']);
  });

  it('is bounded by the time of sending, bounds included', async () => {
    await sent('one');
    await expect.poll(() => simulator.sentTo(customer)[0]?.status).toBe('read');
    const { messages } = stockClient(simulator);
    const { dateSent } = (await messages.list(toCustomer))[0] ?? {};
    const later = new Date(Number(dateSent) + 1000);

    const found = (bounds: object) => messages.list({ ...toCustomer, ...bounds });

    expect(await found({ dateSentAfter: dateSent, dateSentBefore: dateSent })).toHaveLength(1);
    expect(await found({ dateSent })).toHaveLength(1);
    expect(await found({ dateSentAfter: later })).toHaveLength(0);
  });
});

describe('a fault of the API', () => {
  it('answers in place of the call, so that nothing is sent', async () => {
    simulator.faults.add({
      operation: 'messages.create',
      effect: { kind: 'respond', status: 429, body: { code: 20429, message: 'Too many requests' } },
    });

    await expect(sent('one')).rejects.toMatchObject({ status: 429, code: 20429 });
    await sent('two');

    expect(simulator.sentTo(customer)).toMatchObject([{ body: 'two' }]);
  });

  it('loses the answer to a message that was sent all the same', async () => {
    simulator.faults.add({ operation: 'messages.create', effect: { kind: 'lose' } });

    await expect(sent('one')).rejects.toMatchObject({ code: 'ECONNRESET' });

    const list = await stockClient(simulator).messages.list(toCustomer);
    expect(list).toMatchObject([{ body: 'one' }]);
  });
});
