import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { configurationApp } from './configuration.ts';
import { configurationEnvironment } from './environment.ts';
import { configurationStore } from './stores/configuration-store.ts';

const log = createLog('configuration');
const meter = createMeter('configuration');

/** The routes of the tenant configuration. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(configurationEnvironment);
  const { table, gate } = apiDependencies(env, log, meter);
  const loopback = env.LOOPBACK_URLS === 'allowed';
  return configurationApp({ ...gate, store: configurationStore(table), loopback });
});
