import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { vi } from 'vitest';
import { keys as tenancyKeys } from '../../lambdas/tenancy/stores/keys.ts';
import { keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import { recordedConsole } from '../support/log.ts';
import type { Key } from '../support/table.ts';
import { aTenant } from '../support/tenants.ts';
import { publicBaseUrl, twilioSecret } from '../support/webhook.ts';
import { aChannel } from './receiving.ts';

export const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/replies.fifo';
export const deadLetterUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/replies-dead.fifo';

/** The environment that the stack gives to a function. */
export const environment = {
  CONVERSATIONS_TABLE: 'conversations',
  TENANTS_TABLE: 'tenants',
  PLATFORM_CONVERSATIONS_TABLE: 'platform-conversations',
  EVENT_BUS_NAME: 'events',
  TWILIO_CREDENTIALS_SECRET_ID: 'twilio',
  OPENAI_API_KEY_SECRET_ID: 'openai',
  PUBLIC_BASE_URL: publicBaseUrl,
  REPLY_QUEUE_URL: queueUrl,
  REPLY_DLQ_URL: deadLetterUrl,
  WORKER_CONCURRENCY: '10',
};

/** A fresh function: its environment, its lines, and no memory of an earlier one. */
export function aFreshFunction(variables: Record<string, string> = environment): string[] {
  vi.resetModules();
  for (const name of [...Object.keys(environment), 'OPENAI_BASE_URL', 'TWILIO_BASE_URL']) {
    vi.stubEnv(name, variables[name]);
  }
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  return recordedConsole();
}

export const aContext = (remainingMs = 60_000): Context => ({
  awsRequestId: 'request-1',
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'a-function',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:a-function',
  logGroupName: '/aws/lambda/a-function',
  logStreamName: 'stream',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => remainingMs,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});

/** AWS as mocks: the demo channel is registered, secrets are filled, puts are found again by gets. */
export function mockedAws() {
  const [table, queue, secrets, bus] = [
    mockClient(DynamoDBDocumentClient),
    mockClient(SQSClient),
    mockClient(SecretsManagerClient),
    mockClient(EventBridgeClient),
  ];
  const items = new Map<string, Record<string, unknown>>();
  const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;
  const channel = aChannel();
  items.set(nameOf(keys.channel(channel.number)), channel);
  items.set(nameOf(tenancyKeys.tenant(channel.company_id)), aTenant());
  table.on(GetCommand).callsFake(({ Key }) => ({ Item: items.get(nameOf(Key)) }));
  table.on(PutCommand).callsFake(({ Item }) => {
    items.set(nameOf(Item), Item);
    return {};
  });
  table.on(UpdateCommand).resolves({ Attributes: { conversation_id: 'c_1' } });
  table.on(QueryCommand).resolves({ Items: [] });
  queue.on(SendMessageCommand).resolves({});
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  secrets
    .on(GetSecretValueCommand, { SecretId: 'twilio' })
    .resolves({ SecretString: twilioSecret() });
  secrets.on(GetSecretValueCommand, { SecretId: 'openai' }).resolves({ SecretString: 'sk-local' });
  return {
    table,
    queue,
    secrets,
    bus,
    item: (key: Key) => items.get(nameOf(key)),
    sent: () => queue.commandCalls(SendMessageCommand).map(({ args }) => args[0].input),
    published: () =>
      bus
        .commandCalls(PutEventsCommand)
        .flatMap(({ args }) => args[0].input.Entries?.map(({ DetailType }) => DetailType) ?? []),
    updated: () => table.commandCalls(UpdateCommand).map(({ args }) => args[0].input),
    restore() {
      for (const mock of [table, queue, secrets, bus]) mock.restore();
    },
  };
}
