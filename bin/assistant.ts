import { readFileSync } from 'node:fs';
import { configurationStore } from '../lambdas/administration/stores/configuration-store.ts';
import { defaultModel, features, ownAssistant } from '../lambdas/agents/features.ts';
import { tenantId } from '../lambdas/tenancy/tenant.ts';
import { CommandError, type Target } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { say, sayJson } from './output.ts';
import { operator, tableOf } from './target.ts';

interface OfProject extends Target {
  project?: string | undefined;
}

interface Changes {
  model?: string | undefined;
  instructions?: string | undefined;
  instructionsFile?: string | undefined;
  assistantId?: string | undefined;
  fallbackText?: string | undefined;
  unreadableText?: string | undefined;
  optedInText?: string | undefined;
  maxWaitSeconds?: number | undefined;
  maxOutputTokens?: number | undefined;
}

/** The company, its feature, and where it is kept. */
async function featureOf(whose: string, options: OfProject) {
  const { project } = options;
  if (project !== undefined && !tenantId.safeParse(project).success) {
    throw new CommandError(
      'A --project takes 1 to 64 letters, digits, dots, hyphens and underscores; leave it out for the whole company.',
    );
  }
  const company = await existingCompany(whose, options);
  const store = configurationStore(tableOf(options, 'tenants'));
  return { company, store, feature: project ? ownAssistant(project) : 'assistant' };
}

/** Changes what the options name, and leaves the rest. */
export async function set(whose: string, options: OfProject & Changes): Promise<void> {
  const { company, store, feature } = await featureOf(whose, options);
  const current = await store.find(company, feature);
  const value = merged((current?.feature_value ?? {}) as Feature, changesBy(options));
  const result = await store.set(company, feature, {
    value,
    by: operator(),
    expected: current ? { version: current.version } : 'absent',
  });
  if (result.kind === 'conflict') {
    throw new CommandError(
      'Somebody else changed it at the same moment: look at it, then set it again.',
    );
  }
  say(`Set for ${company}${options.project ? `/${options.project}` : ''} (${options.stage}).`);
  say('A change is seen within half a minute.');
}

/** Shows it as JSON; on the error stream, whose it is where the project has none of its own. */
export async function show(whose: string, options: OfProject): Promise<void> {
  const { company, store, feature } = await featureOf(whose, options);
  const current = await store.find(company, feature);
  if (current) return sayJson(current.feature_value);
  const own = options.project ? await store.find(company, 'assistant') : undefined;
  if (options.project) console.error(`${company}/${options.project} has none of its own.`);
  console.error(own ? "The company's answers:" : 'The default, with general instructions:');
  sayJson(own?.feature_value ?? { adapter: 'responses', model: defaultModel });
}

/** Goes back to the default. */
export async function reset(whose: string, options: OfProject): Promise<void> {
  const { company, store, feature } = await featureOf(whose, options);
  const removed = await store.remove(company, feature, { by: operator(), expected: undefined });
  if (removed.kind === 'conflict') {
    throw new CommandError('Others keep changing it: try again.');
  }
  say(`${company} has the default assistant again. A change is seen within half a minute.`);
}

type Feature = Record<string, unknown>;

function changesBy(options: Changes): Feature {
  const { model, assistantId, instructionsFile: file } = options;
  if (options.instructions !== undefined && file !== undefined) {
    throw new CommandError('Give --instructions or --instructions-file, not both.');
  }
  const instructions = file === undefined ? options.instructions : readInstructions(file);
  const texts = given({
    fallback: options.fallbackText,
    unreadable: options.unreadableText,
    opted_in: options.optedInText,
  });
  const limits = given({
    run_max_wait_seconds: options.maxWaitSeconds,
    max_output_tokens: options.maxOutputTokens,
  });
  const isNamed = Object.keys({ ...texts, ...limits }).length > 0;
  if (!isNamed && [model, instructions, assistantId].every((one) => one === undefined)) {
    throw new CommandError('What is to change? --help shows the options.');
  }
  return given({ model, instructions, assistant_id: assistantId, texts, limits });
}

function given(values: Feature): Feature {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
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
