import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { handle } from 'hono/aws-lambda';
import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { once } from '../runtime/once.ts';
import { documentClient, queueClient, secretsClient } from '../vendors/aws/clients.ts';
import { cachedSecret } from '../vendors/aws/secrets.ts';
import { parseTwilioCredentials } from '../vendors/twilio/credentials.ts';
import { channelRegistry } from './adapters/channel-registry.ts';
import { customerDirectory } from './adapters/customer-directory.ts';
import { replyInbox } from './adapters/reply-queue.ts';
import { receiveEnvironment } from './contract.ts';
import { receiveApp } from './receive.ts';

const log = createLog('receive');
const meter = createMeter('receive');

const app = once(() => {
  const env = readEnv(receiveEnvironment);
  const table = {
    client: documentClient(),
    name: env.CONVERSATIONS_TABLE,
    clock: systemClock,
    retentionDays: env.RETENTION_DAYS,
  };
  const secrets = secretsClient(env.SECRETS_MANAGER_REGION);
  return handle(
    receiveApp({
      credentials: cachedSecret(
        secrets,
        env.TWILIO_CREDENTIALS_SECRET_ID,
        parseTwilioCredentials,
        systemClock,
      ),
      publicBaseUrl: env.PUBLIC_BASE_URL,
      channels: channelRegistry(table),
      customers: customerDirectory(table),
      inbox: replyInbox(queueClient(), env.REPLY_QUEUE_URL),
      clock: systemClock,
      log,
      meter,
    }),
  );
});

/** Twilio's inbound webhook and the health check. */
export const handler = async (event: APIGatewayProxyEventV2, context: Context) => {
  log.addContext(context);
  try {
    return await app()(event as never);
  } finally {
    meter.flush();
  }
};
