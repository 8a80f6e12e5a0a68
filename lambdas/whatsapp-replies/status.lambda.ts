import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { handle } from 'hono/aws-lambda';
import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { once } from '../runtime/once.ts';
import { documentClient, secretsClient } from '../vendors/aws/clients.ts';
import { cachedSecret } from '../vendors/aws/secrets.ts';
import { parseTwilioCredentials } from '../vendors/twilio/credentials.ts';
import { deliveryStore } from './adapters/delivery-store.ts';
import { statusEnvironment } from './contract.ts';
import { statusApp } from './status.ts';

const log = createLog('status');
const meter = createMeter('status');

const app = once(() => {
  const env = readEnv(statusEnvironment);
  const secrets = secretsClient(env.SECRETS_MANAGER_REGION);
  return handle(
    statusApp({
      credentials: cachedSecret(
        secrets,
        env.TWILIO_CREDENTIALS_SECRET_ID,
        parseTwilioCredentials,
        systemClock,
      ),
      publicBaseUrl: env.PUBLIC_BASE_URL,
      deliveries: deliveryStore({
        client: documentClient(),
        name: env.CONVERSATIONS_TABLE,
        clock: systemClock,
        retentionDays: env.RETENTION_DAYS,
      }),
      log,
      meter,
    }),
  );
});

/** Twilio's status callbacks. */
export const handler = async (event: APIGatewayProxyEventV2, context: Context) => {
  log.addContext(context);
  try {
    return await app()(event as never);
  } finally {
    meter.flush();
  }
};
