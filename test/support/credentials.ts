import { newApiKey, newKeyId } from '../../lambdas/administration/work/api-key.ts';
import { type Scope, scopes } from '../../lambdas/tenancy/scopes.ts';
import { visitorToken } from '../../lambdas/tenancy/visitor-token.ts';
import type { Engine } from '../../local/engine.ts';

const day = 86_400_000;

/** A key of a company of the engine; all scopes of TenantAdmin unless some are named. */
export async function aKey(
  engine: Engine,
  tenant_id: string,
  more: { scopes?: Scope[]; validForMs?: number; client?: boolean } = {},
): Promise<{ text: string; key_id: string }> {
  const { text, stored } = await engine.credentials.create({
    tenant_id,
    kind: more.client ? 'client' : 'key',
    name: 'A test',
    role: more.client ? 'Visitor' : 'TenantAdmin',
    created_by: 'a test',
    ...(more.scopes && { scopes: more.scopes }),
    ...(more.validForMs && { valid_until: new Date(Date.now() + more.validForMs).toISOString() }),
  });
  return { text, key_id: stored.key_id };
}

/** `Authorization` headers of every kind that a caller of the company can send; `undefined` sends none. */
export async function everyKindOfCredential(engine: Engine, tenant_id: string) {
  const [right, revoked, expired] = await Promise.all([
    aKey(engine, tenant_id),
    aKey(engine, tenant_id),
    aKey(engine, tenant_id, { validForMs: -day }),
  ]);
  await engine.credentials.revoke(tenant_id, revoked.key_id);
  await engine.tenants.create('suspended', 'Suspended company');
  const suspended = await aKey(engine, 'suspended');
  await engine.tenants.change('suspended', { status: 'suspended' });
  await engine.tenants.create('other', 'Other company');
  const other = await aKey(engine, 'other');
  return {
    none: undefined,
    malformed: 'Bearer let-me-in',
    'another scheme': `Basic ${Buffer.from(right.text).toString('base64')}`,
    unknown: `Bearer ${newApiKey(tenant_id, newKeyId()).text}`,
    'of an unknown company': `Bearer ${newApiKey('nobody', newKeyId()).text}`,
    'with a wrong secret': `Bearer ${right.text.slice(0, -4)}AAAA`,
    'a key id as a public one': `Bearer re_pub_${tenant_id}_${right.key_id}`,
    revoked: `Bearer ${revoked.text}`,
    expired: `Bearer ${expired.text}`,
    suspended: `Bearer ${suspended.text}`,
    'a visitor’s token that is forged': `Bearer ${forgedToken(tenant_id)}`,
    other: `Bearer ${other.text}`,
    right: `Bearer ${right.text}`,
  };
}

/** A visitor's token that no key of the deployment has signed. */
const forgedToken = (tenant_id: string): string =>
  visitorToken({ tenant_id, participant_id: 'anon_1' }, 'x'.repeat(64), Date.now()).token;

/** A key with every scope but this one. */
export const aKeyWithout = (engine: Engine, tenant_id: string, missing: Scope) =>
  aKey(engine, tenant_id, { scopes: scopes.filter((scope) => scope !== missing) });
