import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { statusEnvironment } from './environment.ts';
import { statusApp } from './status.ts';
import { deliveryStore } from './stores/delivery-store.ts';
import { conversationsTable, twilioCredentials } from './wiring.ts';

const log = createLog('status');
const meter = createMeter('status');

/** Twilio's status callbacks. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(statusEnvironment);
  return statusApp({
    credentials: twilioCredentials(env),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    deliveries: deliveryStore(conversationsTable(env)),
    log,
    meter,
  });
});
