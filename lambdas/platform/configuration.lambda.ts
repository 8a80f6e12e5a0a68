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
  const { table, gate } = gateOf(readEnv(configurationEnvironment), log, meter);
  return configurationApp({ ...gate, store: configurationStore(table) });
});
