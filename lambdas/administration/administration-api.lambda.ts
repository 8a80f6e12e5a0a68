import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { administrationApp } from './administration-api.ts';
import { apiEnvironment } from './environment.ts';
import { configurationStore } from './stores/configuration-store.ts';
import { usageReader } from './stores/usage-reader.ts';

/** All routes of administration. */
export const handler = http('administration-api', apiEnvironment, (parts) => {
  const { env } = parts;
  const { api, table } = tenancyOf(parts);
  return administrationApp({
    ...api,
    configurations: configurationStore(table),
    loopback: env.LOOPBACK_URLS === 'allowed',
    usageReader: usageReader(table),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    streamingBaseUrl: env.STREAMING_BASE_URL,
  });
});
