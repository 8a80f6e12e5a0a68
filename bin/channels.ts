import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { channelAdministration } from '../lambdas/whatsapp-replies/adapters/channel-registry.ts';
import {
  type Channel,
  channelSchema,
  defaultInstructions,
  defaultModel,
} from '../lambdas/whatsapp-replies/contract.ts';
import {
  CommandError,
  readTarget,
  runCommand,
  tableName,
  tablesOf,
  targetOptions,
} from './target.ts';

const usage = `The registry of channels: which company a WhatsApp number belongs to, and who answers.

  npm run channels -- add NUMBER --company ID --project ID [options]
  npm run channels -- list [--json]
  npm run channels -- remove NUMBER

  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default

  who answers (default: ${defaultModel} with general instructions, or the assistant that
  DEFAULT_ASSISTANT_ID or {company}_{project}_ASSISTANT_ID names):
  --model NAME                  the model
  --instructions TEXT           what it must know and how it speaks
  --instructions-file FILE      the same from a file
  --assistant-id ID             an assistant of a server that speaks the Assistants protocol

  what the product itself says:
  --fallback-text TEXT          when the model refuses or answers nothing
  --unreadable-text TEXT        when something cannot be read; {kinds} stands for what
  --opted-in-text TEXT          when a customer comes back with START`;

const options = {
  ...targetOptions,
  company: { type: 'string' },
  project: { type: 'string' },
  model: { type: 'string' },
  instructions: { type: 'string' },
  'instructions-file': { type: 'string' },
  'assistant-id': { type: 'string' },
  'fallback-text': { type: 'string' },
  'unreadable-text': { type: 'string' },
  'opted-in-text': { type: 'string' },
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
  if (more.length > 0) throw new CommandError(`Unexpected: ${more.join(' ')}. Quote texts.`);
  const target = readTarget(values);
  const registry = channelAdministration({
    client: tablesOf(target),
    name: tableName(target, 'conversations'),
    clock: { now: Date.now },
  });
  switch (action) {
    case 'add': {
      const channel = channelOf(number, values);
      await registry.add(channel);
      console.log(
        `${channel.number} now belongs to ${channel.company_id}/${channel.project_id} (${target.stage}).`,
      );
      console.log('A change is seen within half a minute.');
      return;
    }
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
});

function addressOf(number: string | undefined): string {
  if (!number) throw new CommandError('Which number? Such as +14155238886.');
  const address = number.startsWith('whatsapp:') ? number : `whatsapp:${number}`;
  if (/^whatsapp:\+[1-9]\d{5,14}$/.test(address)) return address;
  throw new CommandError(
    `"${number}" is no number: write it with its country, such as +14155238886.`,
  );
}

function channelOf(number: string | undefined, values: Values): Channel {
  const address = addressOf(number);
  const { company, project } = values;
  if (!company || !project)
    throw new CommandError('Whose number is it? Add --company and --project.');
  const candidate = {
    number: address,
    company_id: company,
    project_id: project,
    assistant: assistantOf(values),
    texts: Object.fromEntries(
      (['fallback', 'unreadable', 'opted_in'] as const).flatMap((name) => {
        const text =
          values[`${name.replace('_', '-') as 'fallback' | 'unreadable' | 'opted-in'}-text`];
        return text === undefined ? [] : [[name, text]];
      }),
    ),
  };
  const result = channelSchema.safeParse(candidate);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => issue.path.join('.'));
  throw new CommandError(
    `These are empty, too long or have characters that they may not have: ${faults.join(', ')}. ` +
      'Ids take letters, digits, dots, hyphens and underscores.',
  );
}

function assistantOf(values: Values): Channel['assistant'] {
  const { model, 'assistant-id': assistantId, 'instructions-file': file } = values;
  if (values.instructions && file) {
    throw new CommandError('Give --instructions or --instructions-file, not both.');
  }
  const instructions = file ? readInstructions(file) : values.instructions;
  if (assistantId && (model || instructions)) {
    throw new CommandError(
      'An --assistant-id brings its own model and instructions: leave those out.',
    );
  }
  if (assistantId) return { adapter: 'threads', assistant_id: assistantId };
  if (!model && !instructions) return undefined;
  return {
    adapter: 'responses',
    model: model ?? defaultModel,
    instructions: instructions ?? defaultInstructions,
  };
}

function readInstructions(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CommandError(`${file} cannot be read.`);
  }
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
  for (const { number, company_id, project_id, assistant } of channels) {
    const who =
      assistant?.adapter === 'threads' ? assistant.assistant_id : (assistant?.model ?? 'default');
    console.log(`${number.padEnd(26)} ${company_id}/${project_id}  ${who}`);
  }
}
