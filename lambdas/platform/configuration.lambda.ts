import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { gateOf } from '../tenancy/adapters/gate-wiring.ts';
import { configurationStore } from './adapters/configuration-store.ts';
import { configurationApp } from './configuration.ts';
import { configurationEnvironment } from './contract.ts';

const log = createLog('configuration');
const meter = createMeter('configuration');

/** The routes of the tenant configuration. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(configurationEnvironment);
  const { table, gate } = gateOf(env, log, meter);
  const loopback = env.LOOPBACK_URLS === 'allowed';
  return configurationApp({ ...gate, store: configurationStore(table), loopback });
});
