import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelAdministration } from '../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { replyStore } from '../support/reply-table.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aSid, businessAddress, customerAddress, messageFields } from '../support/webhook.ts';
import { aChannel, aReceiver } from './receiving.ts';
import { aTurn } from './vendors/a-turn.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('an inbound message', () => {
  it('is answered with an empty TwiML', async () => {
    const { post } = await aReceiver(table);

    const response = await post();

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(await response.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  });

  it('waits in the queue as the contract says', async () => {
    const { post, queue, enqueued, meter } = await aReceiver(table);

    await post({ MessageSid: aSid('contract') });

    const [message] = enqueued();
    expect(message).toEqual({
      twilio_message: messageFields({ MessageSid: aSid('contract') }),
      conversation_id: expect.stringMatching(/^c_[0-9a-f]{32}$/),
      company_id: 'acme',
      project_id: 'shop',
      received_at: new Date(table.clock.now()).toISOString(),
    });
    expect(queue.sent).toMatchObject([
      {
        QueueUrl: 'https://sqs.example/replies.fifo',
        MessageGroupId: message?.conversation_id,
        MessageDeduplicationId: aSid('contract'),
      },
    ]);
    expect(meter.counts).toEqual({ MessagesReceived: 1 });
  });

  it('needs no Body, as a picture has none', async () => {
    const { post, enqueued } = await aReceiver(table);

    const response = await post({ Body: undefined, NumMedia: '1', MediaUrl0: 'https://m.example' });

    expect(response.status).toBe(200);
    expect(enqueued()[0]?.twilio_message).toMatchObject({
      Body: '',
      MediaUrl0: 'https://m.example',
    });
  });

  it('keeps fields that nobody knows yet', async () => {
    const { post, enqueued } = await aReceiver(table);

    await post({ FieldOfNextYear: 'new' });

    expect(enqueued()[0]?.twilio_message).toMatchObject({ FieldOfNextYear: 'new' });
  });

  it('carries the same deduplication id when it is posted twice', async () => {
    const { post, queue } = await aReceiver(table);

    await post({ MessageSid: aSid('twice') });
    await post({ MessageSid: aSid('twice') });

    const [first, second] = queue.sent;
    expect(second?.['MessageDeduplicationId']).toBe(first?.['MessageDeduplicationId']);
    expect(second?.['MessageGroupId']).toBe(first?.['MessageGroupId']);
  });
});

describe('a conversation', () => {
  it('is the same for all messages of a customer to a number', async () => {
    const { post, enqueued } = await aReceiver(table);

    await post({ MessageSid: aSid('a') });
    await post({ MessageSid: aSid('b'), Body: 'And my invoice?' });

    const [first, second] = enqueued();
    expect(second?.conversation_id).toBe(first?.conversation_id);
  });

  it('is one for two first messages that come at the same time', async () => {
    const { post, enqueued } = await aReceiver(table);
    const From = 'whatsapp:+15550000009';

    await Promise.all([1, 2, 3].map((n) => post({ From, MessageSid: aSid(`same-${n}`) })));

    expect(new Set(enqueued().map(({ conversation_id }) => conversation_id)).size).toBe(1);
  });

  it('is another one for another customer, another number and another company', async () => {
    const { post, enqueued } = await aReceiver(table);
    const channels = channelAdministration(table);
    const [ours, theirs] = ['whatsapp:+4930111111', 'whatsapp:+4930222222'];
    await channels.add(aChannel({ number: ours }));
    await channels.add(aChannel({ number: theirs, company_id: 'globex' }));

    await post();
    await post({ From: 'whatsapp:+15550000002' });
    await post({ To: ours });
    await post({ To: theirs });

    expect(new Set(enqueued().map(({ conversation_id }) => conversation_id)).size).toBe(4);
    expect(enqueued()[3]?.company_id).toBe('globex');
  });

  it('tells nothing of the customer by its id', async () => {
    const { post, enqueued } = await aReceiver(table);

    await post();

    expect(enqueued()[0]?.conversation_id).not.toContain(customerAddress.slice(-8));
  });

  it('names its thread in the queue once there is one', async () => {
    const { post, enqueued } = await aReceiver(table);
    const From = 'whatsapp:+15550000003';
    await post({ From });
    const conversation_id = enqueued()[0]?.conversation_id;

    await replyStore(table).rememberThread(
      aTurn({ conversation_id, customer: From, business_number: businessAddress }),
      'conv_123',
    );
    await post({ From, MessageSid: aSid('second') });

    expect(enqueued()[0]).not.toHaveProperty('thread_id');
    expect(enqueued()[1]?.thread_id).toBe('conv_123');
  });
});

describe('the health check', () => {
  it('answers without a signature', async () => {
    const { app } = await aReceiver(table);

    const response = await app.request('/health');

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });
});
