import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { deliveryStore } from './adapters/delivery-store.ts';
import { conversationsTable, twilioCredentials } from './adapters/wiring.ts';
import { statusEnvironment } from './contract.ts';
import { statusApp } from './status.ts';

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
