import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { credentialStore } from '../lambdas/administration/stores/credential-store.ts';
import type { tenantStore } from '../lambdas/administration/stores/tenant-store.ts';
import { parseCredential } from '../lambdas/administration/work/api-key.ts';
import { channelSchema } from '../lambdas/whatsapp-replies/messages.ts';
import type { channelAdministration } from '../lambdas/whatsapp-replies/stores/channel-registry.ts';

/** The company that exists on one machine from the start. */
export const demoTenant = 'demo';
const demoProject = 'whatsapp';

export interface Stores {
  tenants: ReturnType<typeof tenantStore>;
  credentials: ReturnType<typeof credentialStore>;
  channels: ReturnType<typeof channelAdministration>;
}

/** Creates the demo company, its number and an API key, unless they exist from an earlier run; returns the key's text. */
export async function prepareDemo(
  stores: Stores,
  phoneNumber: string,
  keyFile: string | undefined,
): Promise<string> {
  await stores.tenants.create(demoTenant, 'Demo company');
  await registerNumber(stores, `whatsapp:${phoneNumber}`);
  const kept = keyFile && existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : undefined;
  if (kept && (await isUsable(kept, stores))) return kept;
  const { text } = await stores.credentials.create({
    tenant_id: demoTenant,
    kind: 'key',
    name: 'Made by npm start',
    role: 'TenantAdmin',
    created_by: 'npm start',
  });
  if (keyFile) writeFileSync(keyFile, text, { mode: 0o600 });
  return text;
}

/** A number that was registered by hand stays as it is. */
async function registerNumber({ channels }: Stores, number: string): Promise<void> {
  const known = await channels.list();
  if (known.some((channel) => channel.number === number)) return;
  await channels.add(
    channelSchema.parse({ number, company_id: demoTenant, project_id: demoProject }),
  );
}

async function isUsable(text: string, { credentials }: Stores): Promise<boolean> {
  const credential = parseCredential(`Bearer ${text}`);
  if (credential?.kind !== 'key') return false;
  const stored = await credentials.find(credential.tenant_id, credential.key_id);
  return stored !== undefined && stored.revoked_at === undefined;
}
