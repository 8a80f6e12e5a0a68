import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { configurationApp } from './configuration.ts';
import { configurationEnvironment } from './environment.ts';
import { configurationStore } from './stores/configuration-store.ts';

/** The routes of the tenant configuration. */
export const handler = http('configuration', configurationEnvironment, (parts) => {
  const { gate, table } = tenancyOf(parts);
  const loopback = parts.env.LOOPBACK_URLS === 'allowed';
  return configurationApp({ ...gate, store: configurationStore(table), loopback });
});
