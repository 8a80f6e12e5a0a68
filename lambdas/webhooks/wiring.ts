import type { Table } from '../shared/store/table.ts';
import { type CachedSecret, secretOf } from '../vendors/aws/secrets.ts';
import { type EndpointStore, endpointStore } from './stores/endpoint-store.ts';

interface CommonEnvironment {
  WEBHOOKS_TABLE: string;
  WEBHOOK_SIGNING_KEY_SECRET_ID: string;
  SECRETS_MANAGER_REGION?: string | undefined;
  LOOPBACK_URLS: 'allowed' | 'refused';
}

/** The endpoints, on the tenants' table, and the deployment's signing key. */
export const endpointsOf = (
  env: CommonEnvironment,
  tenants: Table,
): { endpoints: EndpointStore; signingKey: CachedSecret<string> } => ({
  endpoints: endpointStore({
    tenants,
    webhooks: { ...tenants, name: env.WEBHOOKS_TABLE },
    loopback: env.LOOPBACK_URLS === 'allowed',
  }),
  signingKey: secretOf(env, env.WEBHOOK_SIGNING_KEY_SECRET_ID, parseSigningKey),
});

const leastKeyChars = 32;

function parseSigningKey(stored: string): string {
  if (stored.length >= leastKeyChars) return stored;
  throw new Error(`it has fewer than ${leastKeyChars} characters`);
}
