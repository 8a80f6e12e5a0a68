import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { apiDependencies } from '../tenancy/authorize-request.ts';
import { usageEnvironment } from './environment.ts';
import { usageReader } from './stores/usage-reader.ts';
import { usageApp } from './usage.ts';

const log = createLog('usage');
const meter = createMeter('usage');

/** What a tenant has used. */
export const handler = httpLambda(log, meter, () => {
  const { table, gate } = apiDependencies(readEnv(usageEnvironment), log, meter);
  return usageApp({ ...gate, reader: usageReader(table) });
});
