import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { gateOf } from '../tenancy/adapters/gate-wiring.ts';
import { openApiEnvironment } from './contract.ts';
import { openApiApp } from './openapi.ts';

const log = createLog('openapi');
const meter = createMeter('openapi');

/** The document that describes the API. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(openApiEnvironment);
  const { gate } = gateOf(env, log, meter);
  return openApiApp({ ...gate, publicBaseUrl: env.PUBLIC_BASE_URL });
});
