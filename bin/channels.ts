import {
  assistantVariable,
  type Channel,
  channelSchema,
  findNameClash,
  whatsAppAddress,
} from '../lambdas/whatsapp-replies/messages.ts';
import { channelAdministration } from '../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { CommandError, hintFor, type Target } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { say, sayJson } from './output.ts';
import { readNumber, tableOf } from './target.ts';

interface Owner {
  company?: string | undefined;
  project?: string | undefined;
}

const registryOf = (target: Target) => channelAdministration(tableOf(target, 'conversations'));

/** Gives a number to a company and one of its projects. */
export async function add(
  number: string,
  options: Target & Owner & { replace?: boolean | undefined },
): Promise<void> {
  const channel = channelOf(number, options);
  const { number: address, company_id, project_id } = channel;
  const registry = registryOf(options);
  await existingCompany(company_id, options);
  const channels = await registry.list();
  const owner = channels.find((one) => one.number === address);
  const isAnothers = owner && (owner.company_id !== company_id || owner.project_id !== project_id);
  if (isAnothers && !options.replace) {
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
  say(`${address} belongs to ${company_id}/${project_id} (${options.stage}).`);
  say('A change is seen within half a minute.');
}

/** Refuses the messages of a number from now on. */
export async function remove(number: string, target: Target): Promise<void> {
  const address = whatsAppAddress(readNumber(number));
  const removed = await registryOf(target).remove(address);
  if (!removed) throw new CommandError(`${address} is not registered (${target.stage}).`);
  say(`${address} is removed; within half a minute its messages are refused.`);
}

/** Shows all numbers, and whose they are. */
export async function list({ json, ...target }: Target & { json?: boolean | undefined }) {
  const channels = await registryOf(target).list();
  if (json) return sayJson(channels);
  if (channels.length === 0) {
    const how = hintFor(target)('channels add NUMBER --company ID --project ID');
    say(`No number is registered: ${how}`);
  }
  for (const { number, company_id, project_id } of channels) {
    say(`${number.padEnd(26)} ${company_id}/${project_id}`);
  }
}

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
