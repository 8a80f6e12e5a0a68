import { randomUUID } from 'node:crypto';
import { publisher } from '../events/adapters/event-publisher.ts';
import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { gateOf } from '../tenancy/adapters/gate-wiring.ts';
import { eventsClient } from '../vendors/aws/clients.ts';
import { endpointsOf } from './adapters/wiring.ts';
import { endpointEnvironment } from './contract.ts';
import { endpointApp } from './endpoint.ts';

const log = createLog('webhook-endpoint');
const meter = createMeter('webhook-endpoint');

/** The routes of a company's webhook endpoint. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(endpointEnvironment);
  const { table, gate } = gateOf(env, log, meter);
  const { endpoints, signingKey } = endpointsOf(env, table);
  return endpointApp({
    ...gate,
    endpoints,
    signingKey: signingKey.get,
    events: publisher({ client: eventsClient(), busName: env.EVENT_BUS_NAME }),
    newId: randomUUID,
  });
});
