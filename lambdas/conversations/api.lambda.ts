import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { conversationsApp } from './api.ts';
import { apiEnvironment } from './environment.ts';

const log = createLog('conversations-api');
const meter = createMeter('conversations-api');

/** All routes of this context. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(apiEnvironment);
  const { table: tenantItems, gate } = apiDependencies(env, log, meter);
  const table = { ...tenantItems, name: env.PLATFORM_CONVERSATIONS_TABLE };
  return conversationsApp({ ...gate, table });
});
