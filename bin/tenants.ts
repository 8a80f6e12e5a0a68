import { type TenantChange, tenantStore } from '../lambdas/administration/stores/tenant-store.ts';
import type { Tenant } from '../lambdas/tenancy/tenant.ts';
import { CommandError, hintFor, type Target } from './command.ts';
import { say, sayJson } from './output.ts';
import { readDisplayName, readTenantId, tableOf } from './target.ts';
import { type LimitOptions, limitsText, readLimits } from './tenants/limits.ts';

interface Wanted extends LimitOptions, Target {
  name?: string | undefined;
}

const storeOf = (target: Target) => tenantStore(tableOf(target, 'tenants'));

/** Makes a company. */
export async function create(id: string, options: Wanted): Promise<void> {
  const wanted = readTenantId(id);
  const name = readName(options) ?? wanted;
  const created = await storeOf(options).create(wanted, name, readLimits(options));
  if (!created) throw new CommandError(`${wanted} is there already (${options.stage}).`);
  say(`${wanted} is a company now (${options.stage}).`);
  say(`A key for its calls: ${hintFor(options)(`keys create ${wanted}`)}`);
}

/** Changes what the options name, and leaves the rest. */
export async function change(id: string, options: Wanted): Promise<void> {
  const current = await storeOf(options).find(readTenantId(id));
  const name = readName(options);
  const changes = { ...(name && { name }), ...readLimits(options, current) };
  if (Object.keys(changes).length > 0) return report(id, options, changes);
  throw new CommandError(
    'What is to change? --help shows the options, such as --name and --requests-per-second.',
  );
}

/** Suspends a company. */
export const suspend = (id: string, target: Target): Promise<void> =>
  report(id, target, { status: 'suspended' }, 'within a minute and a half its calls answer 403');

/** Serves a company again. */
export const resume = (id: string, target: Target): Promise<void> =>
  report(id, target, { status: 'active' }, 'within a minute and a half it is served again');

/** Shows all companies. */
export async function list({ json, ...target }: Target & { json?: boolean | undefined }) {
  const tenants = await storeOf(target).list();
  if (json) sayJson(tenants);
  else if (tenants.length === 0) say(`No company yet: ${hintFor(target)('tenants create ID')}`);
  else for (const tenant of tenants) say(lineOf(tenant));
}

async function report(id: string, target: Target, change: TenantChange, what?: string) {
  const changed = await storeOf(target).change(readTenantId(id), change);
  if (!changed) throw new CommandError(`There is no company ${id} (${target.stage}).`);
  say(`${lineOf(changed)}${what ? `; ${what}.` : ''}`);
}

function readName({ name }: Wanted): string | undefined {
  if (name === undefined) return undefined;
  return readDisplayName(name);
}

function lineOf(tenant: Tenant): string {
  const { tenant_id, name, status } = tenant;
  return `${tenant_id.padEnd(20)} ${status.padEnd(10)} ${limitsText(tenant)}  ${name}`;
}
