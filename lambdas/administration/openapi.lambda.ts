import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { openApiEnvironment } from './environment.ts';
import { openApiApp } from './openapi.ts';

const log = createLog('openapi');
const meter = createMeter('openapi');

/** The document that describes the API. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(openApiEnvironment);
  const { gate } = apiDependencies(env, log, meter);
  return openApiApp({ ...gate, publicBaseUrl: env.PUBLIC_BASE_URL });
});
