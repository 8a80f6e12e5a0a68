import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { replyQueueMessage } from '../../lambdas/whatsapp-replies/messages.ts';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { encodeReference } from '../../lambdas/whatsapp-replies/work/delivery.ts';
import { customerAddress, gatewayEvent, messageFields } from '../support/webhook.ts';
import { aContext, aFreshFunction, environment, mockedAws, queueUrl } from './invoking.ts';

let aws: ReturnType<typeof mockedAws>;

beforeEach(() => {
  aws = mockedAws();
});

afterEach(() => {
  aws.restore();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function receive(event: APIGatewayProxyEventV2) {
  const { handler } = await import('../../lambdas/whatsapp-replies/receive.lambda.ts');
  return (await handler(event, aContext())) as { statusCode: number; body: string };
}

async function reportStatus(event: APIGatewayProxyEventV2) {
  const { handler } = await import('../../lambdas/whatsapp-replies/status.lambda.ts');
  return (await handler(event, aContext())) as { statusCode: number; body: string };
}

const inbound = (fields = {}, signing = {}) =>
  gatewayEvent(paths.inbound, messageFields(fields), signing);

describe('the receiving function', () => {
  it('takes a signed event with a base64 body into the queue', async () => {
    aFreshFunction();

    const answer = await receive(inbound({ Body: "It's 1+1=2 🙏🏽" }));

    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining('<Response/>') });
    const [sent] = aws.sent();
    expect(sent).toMatchObject({
      QueueUrl: queueUrl,
      MessageGroupId: 'c_1',
      MessageDeduplicationId: messageFields()['MessageSid'],
    });
    const message = replyQueueMessage.parse(JSON.parse(sent?.MessageBody ?? ''));
    expect(message).toMatchObject({ company_id: 'acme', project_id: 'shop' });
    expect(message.twilio_message['Body']).toBe("It's 1+1=2 🙏🏽");
  });

  it('refuses an event that Twilio did not sign, and counts it', async () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const lines = aFreshFunction();

    const answer = await receive(inbound({}, { token: 'wrong' }));

    expect(answer.statusCode).toBe(403);
    expect(aws.sent()).toEqual([]);
    expect(lines.join('\n')).toContain('"SignatureRejected":1');
  });

  it('asks for the secret once for many events', async () => {
    aFreshFunction();

    await receive(inbound());
    await receive(inbound());

    expect(aws.secrets.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it('answers 503 while the queue refuses', async () => {
    aFreshFunction();
    aws.queue.on(SendMessageCommand).rejects(new Error(`Throttled for ${customerAddress}`));

    const answer = await receive(inbound());

    expect(answer.statusCode).toBe(503);
  });

  it('answers the health check', async () => {
    aFreshFunction();
    const event = inbound();
    event.requestContext.http.method = 'GET';

    const answer = await receive({ ...event, rawPath: paths.health, body: '' });

    expect(answer).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
  });

  it('writes ids in its lines, and never the customer’s number or words', async () => {
    const lines = aFreshFunction();

    await receive(inbound({ Body: 'under the mat', ProfileName: 'Ada' }));
    await receive(inbound({ Body: 'under the mat' }, { token: 'wrong' }));

    const all = lines.join('\n');
    expect(all).toMatch(/"conversation_id": ?"c_1"/);
    expect(all).toMatch(/"function_request_id": ?"request-1"/);
    for (const told of [customerAddress.slice(-10), 'under the mat', 'Ada', 'the-auth-token']) {
      expect(all).not.toContain(told);
    }
  });
});

describe('the status function', () => {
  const message_key = '2026-11-21T10:00:02.000Z#SM1.1';
  const reply = encodeReference({ company_id: 'acme', conversation_id: 'c_1', message_key });
  const report = (MessageStatus: string, signing = {}) =>
    gatewayEvent(`${paths.status}?reply=${reply}`, { MessageSid: 'SMr', MessageStatus }, signing);

  it('moves the message that the callback’s URL names', async () => {
    aFreshFunction();

    const answer = await reportStatus(report('delivered'));

    expect(answer.statusCode).toBe(204);
    const [update, ...others] = aws.updated();
    expect([update, others]).toMatchObject([
      {
        TableName: 'conversations',
        Key: { pk: 'COMPANY#acme#CONVERSATION#c_1', sk: `MESSAGE#${message_key}` },
      },
      [],
    ]);
    const values = Object.values(update?.ExpressionAttributeValues ?? {});
    expect(values).toEqual(expect.arrayContaining(['delivered', 'SMr']));
  });

  it('is content when the message is further already', async () => {
    aFreshFunction();
    const further = Object.assign(new Error('No.'), { name: 'ConditionalCheckFailedException' });
    aws.table.on(UpdateCommand).rejects(further);

    const answer = await reportStatus(report('sent'));

    expect(answer.statusCode).toBe(204);
  });

  it('refuses what Twilio did not sign', async () => {
    aFreshFunction();

    const answer = await reportStatus(report('read', { signature: null }));

    expect(answer.statusCode).toBe(403);
    expect(aws.updated()).toEqual([]);
  });
});

describe('a function without its environment', () => {
  it('names all that is missing or malformed, and no values', async () => {
    aFreshFunction({ PUBLIC_BASE_URL: 'not-a-url', CONVERSATIONS_TABLE: '' });

    const failure = await receive(inbound()).catch((error: Error) => error);

    expect(failure).toMatchObject({ next: 'alert', code: 'environment' });
    const { message } = failure as Error;
    for (const name of [
      'CONVERSATIONS_TABLE is missing',
      'TWILIO_CREDENTIALS_SECRET_ID is missing',
      'REPLY_QUEUE_URL is missing',
      'PUBLIC_BASE_URL is malformed',
    ]) {
      expect(message).toContain(name);
    }
    expect(message).not.toContain('not-a-url');
  });

  it('works as soon as it is there', async () => {
    aFreshFunction({});
    await expect(receive(inbound())).rejects.toThrow('PUBLIC_BASE_URL is missing');

    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

    expect((await receive(inbound())).statusCode).toBe(200);
  });
});
