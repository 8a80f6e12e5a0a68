import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '../../lambdas/conversations/conversation.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import {
  aCustomer,
  logOf,
  queueIsEmpty,
  startTestEngine,
  type TestEngine,
} from '../support/engine.ts';

let engine: TestEngine;
let key = '';

beforeAll(async () => {
  engine = await startTestEngine();
  key = (await aKey(engine, 'demo')).text;
  // Before the functions have read that there is none.
  await setFeature(key, 'handover', { keywords: ['human'], text: 'Somebody will write to you.' });
});

afterAll(() => engine.stop());

const { call, setFeature } = callsOf(() => engine);
const soon = { timeout: 30_000, interval: 50 };

/** A customer who was answered once, and a person who sees their conversation in the inbox. */
async function aConversation(number: string) {
  const customer = aCustomer(engine, number);
  await customer.writes('Where is my order?');
  await customer.hears(1);
  const inbox = await call('/conversations?channel=whatsapp', { key });
  const { data } = (await inbox.json()) as { data: Conversation[] };
  const found = data.find(({ external_id }) => external_id === customer.from);
  const id = found?.conversation_id ?? '';
  const post = async (path: string, body: object = {}) => {
    const response = await call(path, { key, method: 'POST', body });
    expect(response.status, path).toBeLessThan(300);
  };
  return {
    customer,
    found,
    log: logOf(engine, id),
    takesOver: () => post(`/conversations/${id}/takeover`, { name: 'Ada' }),
    writes: (text: string) => post(`/v1/conversations/${id}/messages`, { text, name: 'Ada' }),
    handsBack: () => post(`/conversations/${id}/handback`),
  };
}

describe.concurrent('a person who takes a conversation on WhatsApp over', () => {
  it('finds it in the inbox, and is heard by the customer, who is answered by nobody else', async () => {
    const { customer, found, log, ...ada } = await aConversation('+15550107001');

    await ada.takesOver();
    await customer.writes('Hello?');
    await ada.writes('Ada here, one moment.');
    const heard = await customer.hears(2);
    await queueIsEmpty(engine);

    expect(found).toMatchObject({
      channel: 'whatsapp',
      status: 'active',
      handling: 'automatic',
      last_message: { role: 'assistant' },
    });
    expect(heard[1]).toBe('Ada here, one moment.');
    expect(customer.received()).toHaveLength(2);
    await vi.waitFor(async () => {
      const said = (await log.latest(20)).map(({ role, event, delivery }) => [
        event ?? role,
        delivery?.status,
      ]);
      expect(said).toEqual([
        ['user', undefined],
        ['assistant', 'read'],
        ['taken_over', undefined],
        ['user', undefined],
        ['person', 'read'],
      ]);
    }, soon);
  });

  it('hands it back to an agent who knows what was written meanwhile', async () => {
    const { customer, ...ada } = await aConversation('+15550107002');
    await ada.takesOver();
    await customer.writes('Hello?');
    await ada.writes('Ada here.');
    await customer.hears(2);
    await queueIsEmpty(engine);

    await ada.handsBack();
    await customer.writes('Thank you.');

    // Two of the customer's, the first answer and Ada's.
    expect((await customer.hears(3))[2]).toMatch(/Thank you[\s\S]*4 earlier messages/);
  });
});

describe('a customer who asks for a person', () => {
  it('is told that one will come, and waits in the inbox', async () => {
    const { customer, log } = await aConversation('+15550107003');

    await customer.writes('A human, please');
    const heard = await customer.hears(2);
    await customer.writes('Still there?');
    await queueIsEmpty(engine);

    expect(heard[1]).toBe('Somebody will write to you.');
    expect(customer.received()).toHaveLength(2);
    expect(await log.find()).toMatchObject({ handling: 'waiting' });
    const waiting = await call('/conversations?handling=waiting', { key });
    expect(await waiting.json()).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({ external_id: customer.from, channel: 'whatsapp' }),
      ]),
    });
  });
});
