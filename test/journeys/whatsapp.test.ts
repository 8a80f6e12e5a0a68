import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aCustomer,
  conversationItems,
  deadLetters,
  logOf,
  logsOf,
  messagesIn,
  queueIsEmpty,
  runsWith,
  startTestEngine,
  type TestEngine,
} from '../support/engine.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

describe.concurrent('a WhatsApp message', () => {
  it('is answered by the model, in the conversation that came before', async () => {
    const customer = aCustomer(engine, '+15550100001');

    const { status, body } = await customer.writes('Where is my order?');
    await customer.hears(1);
    await customer.writes('And the second one?');
    const [first, second] = await customer.hears(2);

    expect([status, body]).toEqual([200, expect.stringContaining('<Response/>')]);
    expect(first).toContain('Where is my order?');
    expect(second).toContain('And the second one?');
    expect(second).toContain('2 earlier messages');
  });

  it('is answered once however often its webhook comes', async () => {
    const customer = aCustomer(engine, '+15550100002');

    const { messageSid } = await customer.writes('Hello');
    await engine.twilio?.repeatWebhook(messageSid);
    await customer.hears(1);
    await engine.twilio?.repeatWebhook(messageSid);
    await customer.writes('Still there?');
    await customer.hears(2);
    await queueIsEmpty(engine);

    expect(customer.received()).toHaveLength(2);
  });

  it('shares its answer with those that came while another was being answered', async () => {
    const customer = aCustomer(engine, '+15550100009');

    await customer.writes('First of three');
    await vi.waitFor(() => expect(runsWith(engine, 'First of three')).toHaveLength(1), 30_000);
    await customer.writes('Second');
    await customer.writes('Third');
    await customer.hears(2);
    await queueIsEmpty(engine);

    const [first, rest] = customer.received();
    expect(customer.received()).toHaveLength(2);
    expect(first).toContain('First');
    expect(rest).toMatch(/Second[\s\S]*Third/);
  });

  it('leaves a transcript whose messages move to read', async () => {
    const customer = aCustomer(engine, '+15550100003');

    const { messageSid } = await customer.writes('Do you deliver?');
    await customer.hears(1);
    const conversationId = String(logsOf(engine, messageSid)[0]?.['conversation_id']);

    await vi.waitFor(async () => {
      const messages = await logOf(engine, conversationId).latest(10);
      expect(messages.map(({ role, delivery }) => [role, delivery?.status])).toEqual([
        ['user', undefined],
        ['assistant', 'read'],
      ]);
      const items = await conversationItems(engine, conversationId);
      expect(items.find(({ sk }) => sk === 'CONVERSATION')).toMatchObject({
        last_user_message: 'Do you deliver?',
        message_count: 1,
      });
    }, 30_000);
  });

  it('shows the customer that the model is writing', async () => {
    const customer = aCustomer(engine, '+15550100004');

    const { messageSid } = await customer.writes('Are you there?');
    await customer.hears(1);

    const typing = engine.twilio?.events(customer.from).find(({ kind }) => kind === 'typing');
    expect(typing).toMatchObject({ sid: messageSid });
  });

  it('may be a picture', async () => {
    const customer = aCustomer(engine, '+15550100005');
    const media = [{ contentType: 'image/png', bytes: Buffer.from('a picture') }];

    await customer.writes('What is this?', { media });

    const [reply] = await customer.hears(1);
    expect(reply).toMatch(/1 image|one image|1 picture|image/);
  });

  it('keeps its emoji on the whole way', async () => {
    const customer = aCustomer(engine, '+15550100030');

    await customer.writes('Grüße 👋🏽 from 東京');

    expect(await customer.hears(1)).toEqual([expect.stringContaining('Grüße 👋🏽 from 東京')]);
  });

  it('that cannot be read is answered by what can', async () => {
    const customer = aCustomer(engine, '+15550100006');
    const media = [{ contentType: 'audio/ogg', bytes: Buffer.from('a voice') }];

    await customer.writes('', { media });

    const [reply] = await customer.hears(1);
    expect(reply).toContain("can't read voice messages");
  });

  it('gets its long answer in several messages, in order', async () => {
    const customer = aCustomer(engine, '+15550100007');

    await customer.writes('/sim long 4000');
    await queueIsEmpty(engine);

    const parts = await customer.hears(3);
    expect(parts.every((part) => part.length <= 1600)).toBe(true);
  });

  it('gets the fallback text when the model refuses', async () => {
    const customer = aCustomer(engine, '+15550100008');

    await customer.writes('/sim refuse');

    expect(await customer.hears(1)).toEqual([expect.stringContaining("I can't answer that here")]);
  });
});

describe.concurrent('a customer who writes STOP', () => {
  it('is sent nothing until START', async () => {
    const customer = aCustomer(engine, '+15550100010');

    await customer.writes('STOP');
    await customer.writes('Hello?');
    await queueIsEmpty(engine);
    const whileStopped = customer.received();
    await customer.writes('start');
    await customer.hears(1);
    await customer.writes('Hello again');

    const [greeting, answer] = await customer.hears(2);
    expect(whileStopped).toEqual([]);
    expect(greeting).toContain('Welcome back');
    expect(answer).toContain('Hello again');
  });
});

describe('the public door', () => {
  it('refuses what Twilio has not signed', async () => {
    const response = await fetch(`${engine.cloud.url}/webhooks/twilio/whatsapp`, {
      method: 'POST',
      body: new URLSearchParams({ MessageSid: 'SM1', From: 'whatsapp:+1', To: 'whatsapp:+2' }),
      headers: { 'x-twilio-signature': 'bm9wZQ==' },
    });

    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('says that it is well', async () => {
    const response = await fetch(`${engine.cloud.url}/health`);

    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('a malformed queue message', () => {
  it('goes to the dead-letter queue at once, with its reason', async () => {
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    const { queues } = engine.cloud.services;

    await queues.client.send(
      new SendMessageCommand({
        QueueUrl: `${queues.endpoint}/000000000000/replies-engine-whatsapp-replies-local.fifo`,
        MessageBody: '{"conversation_id":"c1"}',
        MessageGroupId: 'c1',
        MessageDeduplicationId: 'malformed-1',
      }),
    );

    await vi.waitFor(async () => expect(await messagesIn(engine, deadLetters)).toBe(1), 10_000);
  });
});

describe.concurrent('a failing vendor', () => {
  it('that loses the answer to a sent message causes no second message', async () => {
    const customer = aCustomer(engine, '+15550100020');
    const [operation, containing] = ['messages.create', 'Once, please'];
    engine.twilio?.faults.add({ operation, containing, effect: { kind: 'lose' } });

    await customer.writes('Once, please');
    await customer.hears(1);
    await queueIsEmpty(engine);

    expect(customer.received()).toHaveLength(1);
  });

  it('that loses the answer to a started run causes no second run', async () => {
    const customer = aCustomer(engine, '+15550100021');
    const [operation, containing] = ['responses.create', 'Only one run'];
    engine.openai?.faults.add({ operation, containing, effect: { kind: 'lose' } });

    await customer.writes('Only one run');
    const [reply] = await customer.hears(1);
    await queueIsEmpty(engine);

    expect(reply).toContain('Only one run');
    expect(customer.received()).toHaveLength(1);
    expect(runsWith(engine, containing).length).toBeLessThanOrEqual(2);
  });

  it('that is overloaded only delays the answer', async () => {
    const customer = aCustomer(engine, '+15550100022');
    const busy = { kind: 'respond', status: 429, headers: { 'retry-after': '1' } } as const;
    const containing = 'Busy';
    engine.openai?.faults.add({ operation: 'responses.create', containing, effect: busy });
    engine.twilio?.faults.add({ operation: 'messages.create', containing, effect: busy });

    await customer.writes('Busy day?');

    expect(await customer.hears(1)).toEqual([expect.stringContaining('Busy day?')]);
  });
});

describe('the logs of all this', () => {
  it('tell no customer’s words or number', () => {
    const logs = engine.lines.join('\n');

    for (const secret of ['order', '+1555', 'Hello', 'local-auth-token', 'Busy day']) {
      expect(logs).not.toContain(secret);
    }
  });
});
