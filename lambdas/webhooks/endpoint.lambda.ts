import { randomUUID } from 'node:crypto';
import { publisher } from '../events/publisher.ts';
import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { eventsClient } from '../vendors/aws/clients.ts';
import { endpointApp } from './endpoint.ts';
import { endpointEnvironment } from './environment.ts';
import { endpointsOf } from './wiring.ts';

const log = createLog('webhook-endpoint');
const meter = createMeter('webhook-endpoint');

/** The routes of a company's webhook endpoint. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(endpointEnvironment);
  const { table, gate } = apiDependencies(env, log, meter);
  const { endpoints, signingKey } = endpointsOf(env, table);
  return endpointApp({
    ...gate,
    endpoints,
    signingKey: signingKey.get,
    events: publisher({ client: eventsClient(), busName: env.EVENT_BUS_NAME }),
    newId: randomUUID,
  });
});
