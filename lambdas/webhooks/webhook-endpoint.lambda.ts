import { randomUUID } from 'node:crypto';
import { publisher } from '../events/publisher.ts';
import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { eventsClient } from '../vendors/aws/clients.ts';
import { endpointApp } from './endpoint.ts';
import { endpointEnvironment } from './environment.ts';
import { endpointsOf } from './wiring.ts';

/** The routes of a company's webhook endpoint. */
export const handler = http('webhook-endpoint', endpointEnvironment, (parts) => {
  const { api, table } = tenancyOf(parts);
  const { endpoints, signingKey } = endpointsOf(parts.env, table);
  return endpointApp({
    ...api,
    endpoints,
    signingKey: signingKey.get,
    events: publisher({ client: eventsClient(), busName: parts.env.EVENT_BUS_NAME }),
    newId: randomUUID,
  });
});
