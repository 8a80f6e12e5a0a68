import type { Clock } from '../../shared/clock.ts';
import { errorForLog, type Log } from '../../shared/log.ts';
import type { AuthorizerContext } from '../../tenancy/authorizer-context.ts';
import { type Caller, contextOf, scopesOf } from '../../tenancy/caller.ts';
import { isGivenRole, strongestRole } from '../../tenancy/scopes.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import type { VerifiedVisitor } from '../../tenancy/visitor-token.ts';
import { type Credential, isSecret, parseCredential } from './api-key.ts';
import type { StoredCredential } from './credential.ts';

/** Whose token it claims to be. */
export interface Identity {
  subject: string;
  tenant_id: string | undefined;
  roles: string[];
  /** Seconds since the epoch. */
  valid_until: number;
}

export interface AuthorizerPorts {
  credentials: {
    find(tenantId: string, keyId: string): Promise<StoredCredential | undefined>;
    /** Records the day of use, once for each key and day. */
    touch(tenantId: string, keyId: string): Promise<void>;
  };
  tenants: { find(tenantId: string): Promise<Tenant | undefined> };
  /** Missing where no identity provider is configured. */
  verifyToken?: (token: string) => Promise<Identity | undefined>;
  verifyVisitor: (token: string) => Promise<VerifiedVisitor | undefined>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

const unauthenticated = { outcome: 'unauthenticated' } as const;

/** Who sends this `Authorization` header. Without proof it is nobody. */
export async function authorize(
  header: string,
  ports: AuthorizerPorts,
): Promise<AuthorizerContext> {
  const credential = parseCredential(header);
  if (!credential) return unauthenticated;
  switch (credential.kind) {
    case 'token':
      return ofToken(credential.token, ports);
    case 'visitor':
      return ofVisitor(credential.token, ports);
    default:
      return ofStored(credential, ports);
  }
}

type StoredKind = Extract<Credential, { key_id: string }>;

async function ofStored(given: StoredKind, ports: AuthorizerPorts): Promise<AuthorizerContext> {
  const { tenant_id, key_id } = given;
  const [stored, tenant] = await Promise.all([
    ports.credentials.find(tenant_id, key_id),
    ports.tenants.find(tenant_id),
  ]);
  // Compared even if there is nothing to compare with, so that the time reveals nothing.
  const isProven = given.kind === 'client' || isSecret(given.secret, stored?.secret_hash);
  if (!isProven || !stored || !tenant || stored.kind !== given.kind) return unauthenticated;
  const ended = endOf(stored, ports);
  if (ended) {
    recordRefusal(ports, { tenant_id, key_id, why: ended });
    return unauthenticated;
  }
  await recordUse(stored, ports);
  const role = isGivenRole(stored.role) ? stored.role : '';
  const caller: Omit<Caller, 'rate_limit'> = {
    tenant_id,
    role,
    scopes: scopesOf(role, stored.scopes),
    principal: `${stored.kind === 'client' ? 'visitor' : 'key'}:${key_id}`,
    valid_until: stored.valid_until ? Math.floor(Date.parse(stored.valid_until) / 1000) : 0,
  };
  return ofTenant(caller, tenant, ports);
}

/** Why a genuine credential is refused; undefined if it is valid. */
function endOf(
  { revoked_at, valid_until }: StoredCredential,
  { clock }: AuthorizerPorts,
): 'revoked' | 'past its end' | undefined {
  if (revoked_at !== undefined) return 'revoked';
  const isOver = valid_until !== undefined && Date.parse(valid_until) <= clock.now();
  return isOver ? 'past its end' : undefined;
}

/** Logs whom it locks out, so that they can be informed; of callers without proof nothing is logged. */
const recordRefusal = (
  { log }: AuthorizerPorts,
  whose: { tenant_id: string; key_id?: string; why: string },
): void => log.warn('A company was locked out.', whose);

async function ofToken(token: string, ports: AuthorizerPorts): Promise<AuthorizerContext> {
  const identity = await ports.verifyToken?.(token);
  if (!identity) return unauthenticated;
  const { subject, roles, valid_until, tenant_id = '' } = identity;
  const role = strongestRole.find((one) => roles.includes(one)) ?? '';
  const tenant = tenant_id ? await ports.tenants.find(tenant_id) : undefined;
  // The person is known, but belongs to nobody here.
  if (!tenant) return { outcome: 'forbidden' };
  const principal = `user:${subject}`;
  return ofTenant(
    { tenant_id, role, scopes: scopesOf(role), principal, valid_until },
    tenant,
    ports,
  );
}

async function ofVisitor(token: string, ports: AuthorizerPorts): Promise<AuthorizerContext> {
  const visitor = await ports.verifyVisitor(token);
  if (!visitor) return unauthenticated;
  const { tenant_id, participant_id, valid_until } = visitor;
  const tenant = await ports.tenants.find(tenant_id);
  if (!tenant) return unauthenticated;
  const role = 'Participant';
  const principal = `visitor:${participant_id}`;
  return ofTenant(
    { tenant_id, role, scopes: scopesOf(role), principal, valid_until },
    tenant,
    ports,
  );
}

function ofTenant(
  caller: Omit<Caller, 'rate_limit'>,
  { tenant_id, status, rate_limit }: Tenant,
  ports: AuthorizerPorts,
): AuthorizerContext {
  if (status !== 'suspended') return contextOf({ ...caller, rate_limit });
  recordRefusal(ports, { tenant_id, why: 'suspended' });
  return { outcome: 'suspended' };
}

/** A call is not refused because its day could not be recorded. */
async function recordUse(stored: StoredCredential, ports: AuthorizerPorts): Promise<void> {
  const today = new Date(ports.clock.now()).toISOString().slice(0, 10);
  if (stored.last_used_on === today) return;
  try {
    await ports.credentials.touch(stored.tenant_id, stored.key_id);
  } catch (error) {
    ports.log.warn("The day of a key's use could not be noted.", {
      tenant_id: stored.tenant_id,
      key_id: stored.key_id,
      error: errorForLog(error),
    });
  }
}
