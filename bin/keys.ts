import {
  credentialStore,
  type NewCredential,
} from '../lambdas/administration/stores/credential-store.ts';
import type { StoredCredential } from '../lambdas/administration/work/credential.ts';
import { authorizerCacheSeconds } from '../lambdas/tenancy/authorizer-context.ts';
import { scopesOf } from '../lambdas/tenancy/caller.ts';
import { isGivenRole, type Scope } from '../lambdas/tenancy/scopes.ts';
import { CommandError, type Target } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { say, sayJson } from './output.ts';
import { operator, readDisplayName, tableOf } from './target.ts';

interface Wanted extends Target {
  name?: string | undefined;
  role?: string | undefined;
  scopes?: string | undefined;
  days?: number | undefined;
  client?: boolean | undefined;
  json?: boolean | undefined;
}

const storeOf = (target: Target) => credentialStore(tableOf(target, 'tenants'));

/** Makes a key and prints it, once. */
export async function create(whose: string, options: Wanted): Promise<void> {
  const company = await existingCompany(whose, options);
  const { text, stored } = await storeOf(options).create(wantedBy(company, options));
  if (options.json) return sayJson({ key: text, ...shown(stored) });
  console.log(text);
  const rest = stored.kind === 'client' ? 'It is public.' : 'It is not shown again.';
  console.error(`Made for ${company} as ${stored.role}, key id ${stored.key_id}. ${rest}`);
}

/** Takes a key back. */
export async function revoke(whose: string, keyId: string, target: Target): Promise<void> {
  const company = await existingCompany(whose, target);
  const revoked = await storeOf(target).revoke(company, keyId);
  if (!revoked) throw new CommandError(`${company} has no key ${keyId} that could be revoked.`);
  say(
    `${keyId} is revoked; what the API has kept of it works ${authorizerCacheSeconds} s more at most.`,
  );
}

/** Shows a company's keys, without what opens the API. */
export async function list(
  whose: string,
  { json, ...target }: Target & { json?: boolean | undefined },
) {
  const credentials = await storeOf(target).list(await existingCompany(whose, target));
  if (json) return sayJson(credentials.map(shown));
  if (credentials.length === 0) say('No keys yet.');
  for (const one of credentials) {
    const state = one.revoked_at
      ? `revoked ${one.revoked_at.slice(0, 10)}`
      : `until ${one.valid_until?.slice(0, 10) ?? 'revoked'}`;
    const used = `last used ${one.last_used_on ?? 'never'}`;
    say(
      `${one.key_id}  ${one.kind.padEnd(6)} ${one.role.padEnd(13)} ${state}, ${used}  ${one.name}`,
    );
  }
}

const shown = ({ secret_hash: _hash, ...rest }: StoredCredential) => rest;

function wantedBy(company: string, values: Wanted): NewCredential {
  const { name = '', client = false, days } = values;
  const role = values.role ?? (client ? 'Visitor' : 'TenantAdmin');
  if (!isGivenRole(role) || (role === 'Visitor') !== client) {
    throw new CommandError(
      'A key has the --role TenantAdmin or OperationUser; a public client id (--client) is a Visitor.',
    );
  }
  const scopes = readScopes(values, role);
  const end = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000);
  return {
    tenant_id: company,
    kind: client ? 'client' : 'key',
    name: name.trim() && readDisplayName(name),
    role,
    created_by: operator(),
    ...(scopes && { scopes }),
    ...(end && { valid_until: end.toISOString() }),
  };
}

function readScopes({ scopes }: Wanted, role: string): Scope[] | undefined {
  if (scopes === undefined) return undefined;
  const wanted = scopes.split(',').map((scope) => scope.trim());
  const allowed = scopesOf(role);
  const given = allowed.filter((scope) => wanted.includes(scope));
  if (given.length === wanted.length) return given;
  throw new CommandError(`--scopes are some of those of ${role}: ${allowed.join(', ')}.`);
}
