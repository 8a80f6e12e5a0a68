import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import type { StageName } from '../lib/stages.ts';

/** A command that was used wrongly, or cannot work as things are: one plain line for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Which deployment a command works on: the local cloud, or a stage on AWS. */
export interface Target {
  stage: StageName;
  prefix: string;
}

// The stages themselves stand beside the stack's constructs, which take half a second to load.
const stageNames = Object.keys({ local: 1, dev: 1, prod: 1 } satisfies Record<StageName, 1>);
const defaults: Target = { stage: 'local', prefix: 'replies-engine' };

const stage = new Option(
  '--stage <stage>',
  'the local cloud (npm start must run) or a stage on AWS',
)
  .choices(stageNames as StageName[])
  .env('REPLIES_STAGE')
  .default(defaults.stage)
  .helpGroup('Which deployment:');

const prefix = new Option('--prefix <name>', 'its ProjectPrefix')
  .argParser(readPrefix)
  .default(defaults.prefix)
  .helpGroup('Which deployment:');

/** Lets a command work on the deployment that `--stage` and `--prefix` name. */
export const onDeployment = <Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) => command.addOption(stage).addOption(prefix);

function readPrefix(name: string): string {
  if (/^[a-z][a-z0-9-]{0,27}$/.test(name)) return name;
  throw new CommandError('A --prefix has up to 28 lower-case letters, digits and hyphens.');
}

/** An option that prints JSON, and nothing else, on stdout. */
export const json = () => new Option('--json', 'prints JSON for machines');

/** An option that takes a number within bounds. */
export const numeric = <const Flags extends string>(
  flags: Flags,
  text: string,
  [from, to]: readonly [number, number],
  isFit = Number.isFinite,
  kind = 'number',
) =>
  new Option(flags, text).argParser((typed: string): number => {
    const value = Number(typed);
    if (typed.trim() !== '' && value >= from && value <= to && isFit(value)) return value;
    const [flag] = flags.split(' ');
    throw new CommandError(`${flag} is a ${kind} from ${from} to ${to}, not ${typed || 'empty'}.`);
  });

/** An option that takes a whole number within bounds. */
export const whole = <const Flags extends string>(
  flags: Flags,
  text: string,
  bounds: readonly [number, number],
) => numeric(flags, text, bounds, Number.isInteger, 'whole number');

/** An option that may be repeated. */
export const repeated = <const Flags extends string>(flags: Flags, text: string) =>
  new Option(flags, `${text}; may be repeated`).argParser(
    (value: string, before: string[] | undefined): string[] => [...(before ?? []), value],
  );

/** Shows below the help how the command is typed. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  npx replies ${line}`).join('\n')}`;

/** Another command for the same deployment, as a person would type it. */
export function hintFor(target: Target): (command: string) => string {
  const isNamed = target.stage !== defaults.stage || process.env['REPLIES_STAGE'] !== undefined;
  const options = [
    isNamed ? ` --stage ${target.stage}` : '',
    target.prefix === defaults.prefix ? '' : ` --prefix ${target.prefix}`,
  ];
  return (command) => `npx replies ${command}${options.join('')}`;
}
