import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { usageEnvironment } from './environment.ts';
import { usageReader } from './stores/usage-reader.ts';
import { usageApp } from './usage.ts';

/** What a tenant has used. */
export const handler = http('usage', usageEnvironment, (parts) => {
  const { gate, table } = tenancyOf(parts);
  return usageApp({ ...gate, reader: usageReader(table) });
});
