import { parseArgs } from 'node:util';
import { tenantStore } from '../lambdas/platform/adapters/tenant-store.ts';
import { channelAdministration } from '../lambdas/whatsapp-replies/adapters/channel-registry.ts';
import { type Channel, channelSchema } from '../lambdas/whatsapp-replies/contract.ts';
import { CommandError, readTarget, runCommand, tableOf, targetOptions } from './target.ts';

const usage = `The registry of channels: which company a WhatsApp number belongs to.

  npm run channels -- add NUMBER --company ID --project ID [--replace]
  npm run channels -- list [--json]
  npm run channels -- remove NUMBER

  --replace                     takes the number from the company or project that has it
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default

Who answers there is the company's: npm run assistant -- --help.`;

const options = {
  ...targetOptions,
  company: { type: 'string' },
  project: { type: 'string' },
  replace: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof readArguments>['values'];

function readArguments() {
  return parseArgs({ options, allowPositionals: true });
}

await runCommand(async () => {
  const { values, positionals } = readArguments();
  const [action, number, ...more] = positionals;
  if (values.help || !action) {
    console.log(usage);
    return;
  }
  const tooMany = action === 'list' ? [number ?? [], more].flat() : more;
  if (tooMany.length > 0) throw new CommandError(`Unexpected: ${tooMany.join(' ')}.`);
  const target = readTarget(values);
  const registry = channelAdministration(tableOf(target, 'conversations'));
  switch (action) {
    case 'add':
      await add(channelOf(number, values), values.replace);
      return;
    case 'list':
      list(await registry.list(), values.json);
      return;
    case 'remove': {
      const address = addressOf(number);
      const removed = await registry.remove(address);
      if (!removed) throw new CommandError(`${address} is not registered (${target.stage}).`);
      console.log(`${address} is removed; within half a minute its messages are refused.`);
      return;
    }
    default:
      throw new CommandError(
        `There is no "${action}": use add, list or remove (--help shows all).`,
      );
  }

  async function add(channel: Channel, replace: boolean): Promise<void> {
    const { number: address, company_id, project_id } = channel;
    if (!(await tenantStore(tableOf(target, 'tenants')).find(company_id))) {
      throw new CommandError(
        `There is no company ${company_id}: npm run tenants -- create ${company_id}${stageOf(values)}`,
      );
    }
    const owner = (await registry.list()).find((one) => one.number === address);
    const isAnothers =
      owner && (owner.company_id !== company_id || owner.project_id !== project_id);
    if (isAnothers && !replace) {
      throw new CommandError(
        `${address} belongs to ${owner.company_id}/${owner.project_id}: take it from there by --replace.`,
      );
    }
    await registry.add(channel);
    console.log(`${address} belongs to ${company_id}/${project_id} (${target.stage}).`);
    console.log('A change is seen within half a minute.');
  }
});

function stageOf({ stage }: Values): string {
  return stage === 'local' ? '' : ` --stage ${stage}`;
}

function addressOf(number: string | undefined): string {
  if (!number) throw new CommandError('Which number? Such as +14155238886.');
  const address = number.startsWith('whatsapp:') ? number : `whatsapp:${number}`;
  if (/^whatsapp:\+[1-9]\d{5,14}$/.test(address)) return address;
  throw new CommandError(
    `"${number}" is no number: write it with its country, such as +14155238886.`,
  );
}

function channelOf(number: string | undefined, { company, project }: Values): Channel {
  const address = addressOf(number);
  if (!company || !project)
    throw new CommandError('Whose number is it? Add --company and --project.');
  const result = channelSchema.safeParse({
    number: address,
    company_id: company,
    project_id: project,
  });
  if (result.success) return result.data;
  throw new CommandError(
    'Ids of companies and projects take up to 64 letters, digits, dots, hyphens and underscores.',
  );
}

function list(channels: Channel[], asJson: boolean): void {
  if (asJson) {
    console.log(JSON.stringify(channels, null, 2));
    return;
  }
  if (channels.length === 0) {
    console.log(
      'No number is registered: npm run channels -- add NUMBER --company ID --project ID',
    );
  }
  for (const { number, company_id, project_id } of channels) {
    console.log(`${number.padEnd(26)} ${company_id}/${project_id}`);
  }
}
