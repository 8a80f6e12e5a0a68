import {
  credentialStore,
  type NewCredential,
} from '../lambdas/administration/stores/credential-store.ts';
import type { StoredCredential } from '../lambdas/administration/work/credential.ts';
import { authorizerCacheSeconds } from '../lambdas/tenancy/authorizer-context.ts';
import { scopesOf } from '../lambdas/tenancy/caller.ts';
import { isRole, roles, type Scope } from '../lambdas/tenancy/scopes.ts';
import { runCommand, say, sayJson } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { CommandError, operator, readGivenName, tableOf } from './target.ts';

const usage = `The keys by which a company's programs call the API.

  npm run keys -- create COMPANY [options]      prints the key, once
  npm run keys -- list COMPANY [--json]
  npm run keys -- revoke COMPANY KEY_ID         it works ${authorizerCacheSeconds} s more at most

  --name TEXT                   what it is for
  --role ROLE                   ${Object.keys(roles)
    .filter((role) => role !== 'Visitor')
    .join(' or ')}; TenantAdmin by default
  --scopes A,B                  only these of the role's scopes
  --days N                      it ends after so many days
  --client                      a public client id instead, for a web page: the role Visitor, no secret
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default`;

const options = {
  name: { type: 'string', default: '' },
  role: { type: 'string' },
  scopes: { type: 'string' },
  days: { type: 'string' },
  client: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

interface Values {
  name: string;
  role?: string | undefined;
  scopes?: string | undefined;
  days?: string | undefined;
  client: boolean;
}

const whose = (action: string) => `Whose? Such as: npm run keys -- ${action} acme`;
const which = ([company]: readonly string[]) =>
  `Which key? npm run keys -- list ${company} shows the ids.`;

const command = {
  name: 'keys',
  usage,
  options,
  actions: {
    create: { asks: [whose('create')], options: ['name', 'role', 'scopes', 'days', 'client'] },
    list: { asks: [whose('list')], options: ['json'] },
    revoke: { asks: ['Whose, and which? Such as: npm run keys -- revoke acme KEY_ID', which] },
  },
} as const;

await runCommand(command, async (call) => {
  const { action, given, values, target } = call;
  const company = await existingCompany(given[0], call);
  const keyId = given[1] ?? '';
  const credentials = credentialStore(tableOf(target, 'tenants'));
  if (action === 'list') return list(await credentials.list(company), values.json);
  if (action === 'create') {
    const { text, stored } = await credentials.create(wantedBy(company, values));
    console.log(text);
    const rest = stored.kind === 'client' ? 'It is public.' : 'It is not shown again.';
    console.error(`Made for ${company} as ${stored.role}, key id ${stored.key_id}. ${rest}`);
    return;
  }
  const revoked = await credentials.revoke(company, keyId);
  if (!revoked) throw new CommandError(`${company} has no key ${keyId} that could be revoked.`);
  say(
    `${keyId} is revoked; what the API has kept of it works ${authorizerCacheSeconds} s more at most.`,
  );
});

function wantedBy(company: string, values: Values): NewCredential {
  const role = values.role ?? (values.client ? 'Visitor' : 'TenantAdmin');
  if (!isRole(role) || (role === 'Visitor') !== values.client) {
    throw new CommandError(
      'A key has the --role TenantAdmin or OperationUser; a public client id (--client) is a Visitor.',
    );
  }
  const scopes = readScopes(values, role);
  const valid_until = readEnd(values);
  return {
    tenant_id: company,
    kind: values.client ? 'client' : 'key',
    name: values.name.trim() && readGivenName(values.name),
    role,
    created_by: operator(),
    ...(scopes && { scopes }),
    ...(valid_until && { valid_until }),
  };
}

function readScopes({ scopes }: Values, role: string): Scope[] | undefined {
  if (scopes === undefined) return undefined;
  const wanted = scopes.split(',').map((scope) => scope.trim());
  const allowed = scopesOf(role);
  const given = allowed.filter((scope) => wanted.includes(scope));
  if (given.length === wanted.length) return given;
  throw new CommandError(`--scopes are some of those of ${role}: ${allowed.join(', ')}.`);
}

function readEnd({ days }: Values): string | undefined {
  if (days === undefined) return undefined;
  const count = Number(days);
  if (!(count > 0 && count <= 3650))
    throw new CommandError('--days is a number above 0, 3650 at most.');
  return new Date(Date.now() + count * 86_400_000).toISOString();
}

function list(credentials: StoredCredential[], asJson: boolean): void {
  const shown = credentials.map(({ secret_hash: _hash, ...rest }) => rest);
  if (asJson) {
    sayJson(shown);
    return;
  }
  if (shown.length === 0) say('No keys yet.');
  for (const one of shown) {
    const state = one.revoked_at
      ? `revoked ${one.revoked_at.slice(0, 10)}`
      : `until ${one.valid_until?.slice(0, 10) ?? 'revoked'}`;
    const used = `last used ${one.last_used_on ?? 'never'}`;
    say(
      `${one.key_id}  ${one.kind.padEnd(6)} ${one.role.padEnd(13)} ${state}, ${used}  ${one.name}`,
    );
  }
}
