import { readFileSync } from 'node:fs';
import { configurationStore } from '../lambdas/administration/stores/configuration-store.ts';
import { tenantId } from '../lambdas/tenancy/tenant.ts';
import { defaultModel, features, projectAssistant } from '../lambdas/whatsapp-replies/features.ts';
import { runCommand, say, sayJson } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { CommandError, operator, tableOf } from './target.ts';

const usage = `Who answers a company's customers on WhatsApp: its feature "assistant" in the tenant configuration.

  npm run assistant -- set COMPANY [options]    changes what is named, leaves the rest
  npm run assistant -- show COMPANY
  npm run assistant -- reset COMPANY            back to the default: ${defaultModel}, general instructions

  --project ID                  only for this project, before the company's own
  --model NAME                  the model
  --instructions TEXT           what it must know and how it speaks
  --instructions-file FILE      the same from a file
  --assistant-id ID             an assistant of a server that speaks the Assistants protocol
  --fallback-text TEXT          when the model refuses or answers nothing
  --unreadable-text TEXT        when something cannot be read; {kinds} stands for what
  --opted-in-text TEXT          when a customer comes back with START
  --max-wait-seconds N          how long the model may take
  --max-output-tokens N         how much it may write
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default`;

const changes = {
  model: { type: 'string' },
  instructions: { type: 'string' },
  'instructions-file': { type: 'string' },
  'assistant-id': { type: 'string' },
  'fallback-text': { type: 'string' },
  'unreadable-text': { type: 'string' },
  'opted-in-text': { type: 'string' },
  'max-wait-seconds': { type: 'string' },
  'max-output-tokens': { type: 'string' },
} as const;

type Change = keyof typeof changes;
type Values = { [name in Change]?: string | undefined };

const whose = (action: string) => [`Whose? Such as: npm run assistant -- ${action} acme`];

const command = {
  name: 'assistant',
  usage,
  options: { ...changes, project: { type: 'string' } },
  actions: {
    set: { asks: whose('set'), options: ['project', ...(Object.keys(changes) as Change[])] },
    show: { asks: whose('show'), options: ['project'] },
    reset: { asks: whose('reset'), options: ['project'] },
  },
} as const;

await runCommand(command, async (call) => {
  const { action, given, values, target } = call;
  if (values.project !== undefined && !tenantId.safeParse(values.project).success) {
    throw new CommandError(
      'A --project takes 1 to 64 letters, digits, dots, hyphens and underscores; leave it out for the whole company.',
    );
  }
  const company = await existingCompany(given[0], call);
  const store = configurationStore(tableOf(target, 'tenants'));
  const feature = values.project ? projectAssistant(values.project) : 'assistant';
  const current = await store.find(company, feature);
  if (action === 'show') {
    if (current) return sayJson(current.feature_value);
    const own = values.project ? await store.find(company, 'assistant') : undefined;
    if (values.project) console.error(`${company}/${values.project} has none of its own.`);
    console.error(own ? "The company's answers:" : 'The default, with general instructions:');
    return sayJson(own?.feature_value ?? { adapter: 'responses', model: defaultModel });
  }
  if (action === 'reset') {
    const removed = await store.remove(company, feature, { by: operator(), expected: undefined });
    if (removed?.kind === 'conflict') {
      throw new CommandError('Others change it all the time: try again.');
    }
    say(`${company} has the default assistant again. A change is seen within half a minute.`);
    return;
  }
  const value = merged((current?.feature_value ?? {}) as Feature, changesBy(values));
  const result = await store.set(company, feature, {
    json: JSON.stringify(value),
    by: operator(),
    expected: current ? { version: current.version } : 'absent',
  });
  if (result.kind === 'conflict') {
    throw new CommandError(
      'Somebody else changed it at the same moment: look at it, then set it again.',
    );
  }
  say(`Set for ${company}${values.project ? `/${values.project}` : ''} (${target.stage}).`);
  say('A change is seen within half a minute.');
});

type Feature = Record<string, unknown>;

function changesBy(values: Values): Feature {
  const { model, 'assistant-id': assistantId, 'instructions-file': file } = values;
  if (values.instructions !== undefined && file !== undefined) {
    throw new CommandError('Give --instructions or --instructions-file, not both.');
  }
  const instructions = file === undefined ? values.instructions : readInstructions(file);
  const texts = given({
    fallback: values['fallback-text'],
    unreadable: values['unreadable-text'],
    opted_in: values['opted-in-text'],
  });
  const limits = given({
    run_max_wait_seconds: numberOf(values, 'max-wait-seconds', 5, 3600),
    max_output_tokens: numberOf(values, 'max-output-tokens', 16, 1_000_000),
  });
  const named = [
    model,
    instructions,
    assistantId,
    ...Object.values(texts),
    ...Object.values(limits),
  ];
  if (named.every((value) => value === undefined)) {
    throw new CommandError('What is to change? --help shows the options.');
  }
  return given({ model, instructions, assistant_id: assistantId, texts, limits });
}

function given(values: Feature): Feature {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function numberOf(values: Values, option: Change, least: number, most: number): number | undefined {
  const text = values[option];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new CommandError(`--${option} is a whole number from ${least} to ${most}.`);
}

/** What is named takes the place of what was; another adapter takes nothing over of the one before. */
function merged(before: Feature, changes: Feature): Feature {
  const adapter = changes['assistant_id']
    ? 'threads'
    : changes['model'] || changes['instructions']
      ? 'responses'
      : (before['adapter'] ?? 'responses');
  const { assistant_id: _id, model: _model, instructions: _instructions, ...neutral } = before;
  const kept = adapter === (before['adapter'] ?? 'responses') ? before : neutral;
  const value = {
    ...kept,
    ...changes,
    adapter,
    texts: { ...(before['texts'] as Feature), ...(changes['texts'] as Feature) },
    limits: { ...(before['limits'] as Feature), ...(changes['limits'] as Feature) },
  };
  const result = features.assistant.safeParse(value);
  if (result.success) return value;
  const faults = result.error.issues.map((issue) =>
    issue.code === 'custom'
      ? issue.message
      : `${issue.path.join('.')} is empty, too long or no such number.`,
  );
  throw new CommandError([...new Set(faults)].join(' '));
}

function readInstructions(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === 'ENOENT' ? `${file} is not there.` : `${file} cannot be read (${code}).`,
    );
  }
}
