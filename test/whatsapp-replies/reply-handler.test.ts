import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import { decodeReference } from '../../lambdas/whatsapp-replies/work/delivery.ts';
import {
  type OpenAiSimulator,
  startOpenAiSimulator,
} from '../../local/simulators/openai/simulator.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../local/simulators/twilio/simulator.ts';
import { anEvent } from '../support/events.ts';
import { anSqsEvent, aQueueMessage, aRecord } from '../support/sqs-event.ts';
import {
  accountSid,
  authToken,
  businessAddress,
  customerAddress,
  publicBaseUrl,
} from '../support/webhook.ts';
import { aContext, aFreshFunction, deadLetterUrl, environment, mockedAws } from './invoking.ts';

let aws: ReturnType<typeof mockedAws>;
let openai: OpenAiSimulator;
let twilio: TwilioSimulator;

beforeEach(async () => {
  aws = mockedAws();
  openai = await startOpenAiSimulator({ runMs: () => 1 });
  twilio = await startTwilioSimulator({
    accountSid,
    authToken,
    webhookUrl: () => publicBaseUrl,
    postTo: () => openai.url,
    deliveryMs: 1,
  });
});

afterEach(async () => {
  aws.restore();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await Promise.all([openai.close(), twilio.close()]);
});

const aFunctionWithVendors = () =>
  aFreshFunction({
    ...environment,
    OPENAI_BASE_URL: `${openai.url}/v1`,
    TWILIO_BASE_URL: twilio.url,
  });

async function reply(event: SQSEvent) {
  const { handler } = await import('../../lambdas/whatsapp-replies/reply-processor.lambda.ts');
  return handler(event, aContext());
}

/** A message that the product answers itself, with no run of a model. */
const aWelcome = () => aQueueMessage({ consent: 'started', fields: { Body: 'START' } });

const toCustomer = () => twilio.sentTo(customerAddress);

describe('the replying function', () => {
  it('answers by the real vendors’ protocols, and records the turn', async () => {
    const lines = aFunctionWithVendors();

    const response = await reply(anSqsEvent(aRecord('r1', aQueueMessage())));

    expect(response).toEqual({ batchItemFailures: [] });
    const [message, ...more] = toCustomer();
    expect(more).toEqual([]);
    expect(message).toMatchObject({ from: businessAddress, to: customerAddress });
    const callback = new URL(message?.statusCallback ?? '');
    expect(callback.origin + callback.pathname).toBe(`${publicBaseUrl}/webhooks/twilio/status`);
    expect(decodeReference(callback.searchParams.get('reply') ?? '')).toMatchObject({
      company_id: 'acme',
      conversation_id: 'c_1',
    });
    const turn = { company_id: 'acme', conversation_id: 'c_1', turn_id: 'SM1' };
    expect(aws.item(keys.turn(turn))).toMatchObject({
      state: 'recorded',
      outcome: 'answered',
      parts: [{ state: 'sent', message_sid: message?.sid, body: message?.body }],
    });
    expect(aws.published()).toEqual(['conversation.started', 'message.received', 'message.sent']);
    expect(lines.join('\n')).toMatch(/"turn_id":\s*"SM1"/);
    expect(lines.join('\n')).not.toContain(customerAddress.slice(-10));
    expect(lines.join('\n')).not.toContain('Where is my order?');
  });

  it('answers while the bus is away, and leaves the events in the queue', async () => {
    aFunctionWithVendors();
    aws.bus.on(PutEventsCommand).rejects(new Error('The bus is away.'));

    const response = await reply(anSqsEvent(aRecord('r1', aQueueMessage())));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(toCustomer()).toHaveLength(1);
    const waiting = aws.sent().map(({ MessageBody }) => JSON.parse(MessageBody ?? ''));
    expect(waiting.map(({ event }) => event.type)).toEqual([
      'conversation.started',
      'message.received',
      'message.sent',
    ]);
  });

  it('publishes an event that has waited in the queue', async () => {
    aFunctionWithVendors();
    const event = anEvent();

    const response = await reply(anSqsEvent(aRecord('r1', { kind: 'event', event })));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(aws.published()).toEqual([event.type]);
  });

  it('keeps an event in the queue while the bus is away', async () => {
    aFunctionWithVendors();
    aws.bus.on(PutEventsCommand).rejects(new Error('The bus is away.'));

    const response = await reply(anSqsEvent(aRecord('r1', { kind: 'event', event: anEvent() })));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'r1' }] });
    expect(aws.sent()).toEqual([]);
  });

  it('sends a malformed message to the dead-letter queue, and answers the others', async () => {
    aFunctionWithVendors();

    const response = await reply(anSqsEvent(aRecord('r1', 'nonsense'), aRecord('r2', aWelcome())));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(aws.sent()).toMatchObject([
      {
        QueueUrl: deadLetterUrl,
        MessageBody: 'nonsense',
        MessageAttributes: { reason_code: { StringValue: 'malformed_message' } },
      },
    ]);
    expect(toCustomer()).toHaveLength(1);
  });

  it.each([
    ['openai', aQueueMessage()],
    ['twilio', aWelcome()],
  ])('keeps a message in the queue while the secret of %s has no value', async (name, message) => {
    const lines = aFunctionWithVendors();
    aws.secrets.on(GetSecretValueCommand, { SecretId: name }).resolves({});

    const response = await reply(anSqsEvent(aRecord('r1', message)));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'r1' }] });
    const [returned] = aws.queue.commandCalls(ChangeMessageVisibilityBatchCommand);
    expect(returned?.args[0].input).toMatchObject({
      Entries: [{ ReceiptHandle: 'receipt-of-r1', VisibilityTimeout: expect.any(Number) }],
    });
    expect(aws.sent()).toEqual([]);
    expect(toCustomer()).toEqual([]);
    expect(lines.join('\n')).toContain('npm run secrets');
  });

  it('fails as a whole without its environment, naming all that is missing', async () => {
    aFreshFunction({});

    const failure = reply(anSqsEvent(aRecord('r1', aQueueMessage())));

    await expect(failure).rejects.toThrow(
      /CONVERSATIONS_TABLE.*PUBLIC_BASE_URL.*REPLY_DLQ_URL.*OPENAI_API_KEY_SECRET_ID/,
    );
  });
});
