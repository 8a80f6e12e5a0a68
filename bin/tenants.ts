import { type TenantChange, tenantStore } from '../lambdas/administration/stores/tenant-store.ts';
import { defaultModelLimit, defaultRateLimit, type Tenant } from '../lambdas/tenancy/tenant.ts';
import { runCommand, say, sayJson } from './command.ts';
import { CommandError, readGivenName, readTenantId, tableOf } from './target.ts';
import { type LimitOptions, limitsText, readLimits } from './tenants/limits.ts';

const usage = `The companies on a deployment.

  npm run tenants -- create ID [--name NAME] [limits]
  npm run tenants -- change ID [--name NAME] [limits]
  npm run tenants -- suspend ID    its calls answer 403, its customers' messages are kept unanswered
  npm run tenants -- resume ID
  npm run tenants -- list [--json]

  --requests-per-second N       how many calls of the API it may make; ${defaultRateLimit.requests_per_second} by default
  --burst N                     how many of them at once; ${defaultRateLimit.burst} by default
  --model-calls-per-day N       how many of its leads a model may judge; ${defaultModelLimit.calls_per_day} by default, 0 for none
  --model-burst N               how many of them at once; ${defaultModelLimit.burst} by default; beyond, the rules judge
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default`;

const options = {
  name: { type: 'string' },
  'requests-per-second': { type: 'string' },
  burst: { type: 'string' },
  'model-calls-per-day': { type: 'string' },
  'model-burst': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

interface Values extends LimitOptions {
  name?: string | undefined;
}

const which = (action: string) => [`Which company? Such as: npm run tenants -- ${action} acme`];
const changes = [
  'name',
  'requests-per-second',
  'burst',
  'model-calls-per-day',
  'model-burst',
] as const;

const command = {
  name: 'tenants',
  usage,
  options,
  actions: {
    create: { asks: which('create'), options: changes },
    change: { asks: which('change'), options: changes },
    suspend: { asks: which('suspend') },
    resume: { asks: which('resume') },
    list: { options: ['json'] },
  },
} as const;

await runCommand(command, async ({ action, given, values, target, hint }) => {
  const [id = ''] = given;
  const tenants = tenantStore(tableOf(target, 'tenants'));
  switch (action) {
    case 'create': {
      const wanted = readTenantId(id);
      const created = await tenants.create(wanted, readName(values) ?? wanted, readLimits(values));
      if (!created) throw new CommandError(`${wanted} is there already (${target.stage}).`);
      say(`${wanted} is a company now (${target.stage}).`);
      say(`A key for its calls: ${hint(`npm run keys -- create ${wanted}`)}`);
      return;
    }
    case 'change':
      return report(id, await changeOf(id, values));
    case 'suspend':
      return report(id, { status: 'suspended' }, 'within a minute and a half its calls answer 403');
    case 'resume':
      return report(id, { status: 'active' }, 'within a minute and a half it is served again');
    default:
      return list(await tenants.list(), values.json);
  }

  async function changeOf(wanted: string, given: Values): Promise<TenantChange> {
    const current = await tenants.find(readTenantId(wanted));
    const name = readName(given);
    const change = { ...(name && { name }), ...readLimits(given, current) };
    if (Object.keys(change).length > 0) return change;
    const all = changes.map((option) => `--${option}`).join(', ');
    throw new CommandError(`What is to change? One of ${all}.`);
  }

  async function report(wanted: string, change: TenantChange, what?: string) {
    const changed = await tenants.change(readTenantId(wanted), change);
    if (!changed) throw new CommandError(`There is no company ${wanted} (${target.stage}).`);
    say(`${lineOf(changed)}${what ? `; ${what}.` : ''}`);
  }
});

function readName({ name }: Values): string | undefined {
  if (name === undefined) return undefined;
  return readGivenName(name);
}

function lineOf(tenant: Tenant): string {
  const { tenant_id, name, status } = tenant;
  return `${tenant_id.padEnd(20)} ${status.padEnd(10)} ${limitsText(tenant)}  ${name}`;
}

function list(tenants: Tenant[], asJson: boolean): void {
  if (asJson) sayJson(tenants);
  else if (tenants.length === 0) say('No company yet: npm run tenants -- create ID');
  else for (const tenant of tenants) say(lineOf(tenant));
}
