import { whatsAppAddress } from '../lambdas/vendors/twilio/credentials.ts';
import {
  assistantVariable,
  type Channel,
  channelSchema,
  findNameClash,
} from '../lambdas/whatsapp-replies/messages.ts';
import { channelAdministration } from '../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { runCommand, say, sayJson } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { CommandError, readNumber, tableOf } from './target.ts';

const usage = `The registry of channels: which company a WhatsApp number belongs to.

  npm run channels -- add NUMBER --company ID --project ID [--replace]
  npm run channels -- list [--json]
  npm run channels -- remove NUMBER

  --replace                     takes the number from the company or project that has it
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default

Who answers there is the company's: npm run assistant -- --help.`;

const options = {
  company: { type: 'string' },
  project: { type: 'string' },
  replace: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

interface Owner {
  company?: string | undefined;
  project?: string | undefined;
}

const which = 'Which number? Such as +14155238886.';

const command = {
  name: 'channels',
  usage,
  options,
  actions: {
    add: { asks: [which], options: ['company', 'project', 'replace'] },
    list: { options: ['json'] },
    remove: { asks: [which] },
  },
} as const;

await runCommand(command, async (call) => {
  const { action, given, values, target } = call;
  const [number = ''] = given;
  const registry = channelAdministration(tableOf(target, 'conversations'));
  switch (action) {
    case 'add':
      await add(channelOf(number, values), values.replace);
      return;
    case 'remove': {
      const address = whatsAppAddress(readNumber(number));
      const removed = await registry.remove(address);
      if (!removed) throw new CommandError(`${address} is not registered (${target.stage}).`);
      say(`${address} is removed; within half a minute its messages are refused.`);
      return;
    }
    default:
      return list(await registry.list(), values.json);
  }

  async function add(channel: Channel, replace: boolean): Promise<void> {
    const { number: address, company_id, project_id } = channel;
    await existingCompany(company_id, call);
    const channels = await registry.list();
    const owner = channels.find((one) => one.number === address);
    const isAnothers =
      owner && (owner.company_id !== company_id || owner.project_id !== project_id);
    if (isAnothers && !replace) {
      throw new CommandError(
        `${address} belongs to ${owner.company_id}/${owner.project_id}: take it from there by --replace.`,
      );
    }
    const twin = findNameClash(channel, channels);
    if (twin) {
      const variable = assistantVariable(company_id, project_id);
      throw new CommandError(
        `${company_id}/${project_id} would share ${variable} with ${twin.company_id}/${twin.project_id}: take another project id.`,
      );
    }
    await registry.add(channel);
    say(`${address} belongs to ${company_id}/${project_id} (${target.stage}).`);
    say('A change is seen within half a minute.');
  }
});

function channelOf(number: string, { company, project }: Owner): Channel {
  const address = whatsAppAddress(readNumber(number));
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
    sayJson(channels);
    return;
  }
  if (channels.length === 0) {
    say('No number is registered: npm run channels -- add NUMBER --company ID --project ID');
  }
  for (const { number, company_id, project_id } of channels) {
    say(`${number.padEnd(26)} ${company_id}/${project_id}`);
  }
}
