import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { gateOf } from '../tenancy/adapters/gate-wiring.ts';
import { usageReader } from './adapters/usage-reader.ts';
import { usageEnvironment } from './contract.ts';
import { usageApp } from './usage.ts';

const log = createLog('usage');
const meter = createMeter('usage');

/** What a tenant has used. */
export const handler = httpLambda(log, meter, () => {
  const { table, gate } = gateOf(readEnv(usageEnvironment), log, meter);
  return usageApp({ ...gate, reader: usageReader(table) });
});
