import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { argumentFault } from '../local/argument-fault.ts';
import { keptByNpm } from '../local/npm-flags.ts';
import { sanitizeForTerminal } from '../local/sanitize-for-terminal.ts';
import { CommandError, readTarget, type Target, targetOptions } from './target.ts';

/** What a command is called, how it is used, and what each of its actions takes. */
export interface Command<Options extends ParseArgsOptionsConfig> {
  name: string;
  usage: string;
  options: Options;
  /** By name; the one named by the empty text is that of a command that does one thing only. */
  actions: Record<string, Action<Extract<keyof Options, string>>>;
}

interface Action<Option> {
  /** What it asks for, in their order, each as the question to a person who left it out, told by what they gave. */
  asks?: readonly (string | ((given: readonly string[]) => string))[];
  /** How many more it takes than it asks for; none by default. */
  mayAsk?: number;
  /** Those of the command's options that it takes, beside those of the target. */
  options?: readonly Option[];
}

/** A call of a command, read and checked. */
export interface Call<Values> {
  action: string;
  given: string[];
  values: Values;
  target: Target;
  /** Another command for the same deployment, as a person would type it. */
  hint(command: string): string;
}

const common = { ...targetOptions, help: { type: 'boolean', short: 'h', default: false } } as const;

type Common = typeof common;
type ValuesOf<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options & Common; allowPositionals: true }>
>['values'];

/**
 * Reads the arguments of this process and does what they ask for: exit code 0 when it worked, 2 when it
 * was used wrongly, 1 when something failed, said in one line.
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  command: Command<Options>,
  work: (call: Call<ValuesOf<Options>>) => Promise<void> | void,
): Promise<void> {
  try {
    const args = process.argv.slice(2);
    const options = Object.keys({ ...common, ...command.options });
    const kept = keptByNpm(command.name, options, args, process.env);
    if (kept?.isSure) throw new CommandError(kept.reason);
    if (kept) console.error(kept.reason);
    const call = readCall(command, args);
    if (call) await work(call);
    else console.log(command.usage);
  } catch (error) {
    const fault = argumentFault(error);
    process.exitCode = error instanceof CommandError || fault ? 2 : 1;
    console.error(sanitizeForTerminal(oneLine(fault ?? explain(error))));
  }
}

/** Undefined where the usage is asked for. Throws a CommandError for what the action does not take. */
export function readCall<const Options extends ParseArgsOptionsConfig>(
  command: Command<Options>,
  args: string[],
): Call<ValuesOf<Options>> | undefined {
  const options = { ...common, ...command.options } as Options & Common;
  const parsed = parseArgs({ args, options, allowPositionals: true, tokens: true });
  const values = parsed.values as ValuesOf<Options> & { help: boolean } & Target;
  const single = command.actions[''];
  const [action = '', ...given] = single ? ['', ...parsed.positionals] : parsed.positionals;
  if (values.help || (!single && action === '')) return undefined;
  const wanted = Object.hasOwn(command.actions, action) ? command.actions[action] : undefined;
  if (!wanted) throw new CommandError(unknownAction(command, action));
  const named = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  checkOptions(command.name, action, named, wanted.options ?? []);
  checkGiven(given, wanted.asks ?? [], wanted.mayAsk ?? 0);
  const target = readTarget(values);
  return { action, given, values, target, hint: (text) => `${text}${carried(target)}` };
}

function unknownAction({ actions }: { actions: object }, action: string): string {
  const names = Object.keys(actions);
  const list = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return `There is no "${action}": use ${list} (--help shows all).`;
}

function checkOptions(
  name: string,
  action: string,
  named: string[],
  options: readonly string[],
): void {
  const foreign = named.find((one) => !options.includes(one) && !Object.hasOwn(common, one));
  if (foreign === undefined) return;
  const what = action === '' ? name : `${name} ${action}`;
  throw new CommandError(`${what} takes no --${foreign} (--help shows what it takes).`);
}

function checkGiven(given: string[], asks: NonNullable<Action<never>['asks']>, more: number): void {
  const missing = asks[given.length];
  if (missing !== undefined) {
    throw new CommandError(typeof missing === 'string' ? missing : missing(given));
  }
  const tooMany = given.slice(asks.length + more);
  if (tooMany.length === 0) return;
  const quote = asks.length > 0 ? ' Quote texts.' : '';
  throw new CommandError(`Unexpected: ${tooMany.join(' ')}.${quote}`);
}

/** The options that lead another command to the same deployment. */
function carried({ stage, prefix }: Target): string {
  const options = [
    stage === targetOptions.stage.default ? [] : [`--stage ${stage}`],
    prefix === targetOptions.prefix.default ? [] : [`--prefix ${prefix}`],
  ].flat();
  return options.length === 0 ? '' : ` ${options.join(' ')}`;
}

/** Prints one line; what is in it cannot steer the terminal, nor look like a line of its own. */
export const say = (line: string): void => console.log(sanitizeForTerminal(line));

/** Prints JSON that stays JSON whatever its texts hold. */
export function sayJson(value: unknown): void {
  const lines = (JSON.stringify(value, null, 2) ?? 'null').split('\n');
  console.log(lines.map(sanitizeForTerminal).join('\n'));
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ');

/** What a person should know of an error, and do. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch (error.name) {
    case 'UnrecognizedClientException':
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'InvalidClientTokenId':
    case 'InvalidAccessKeyId':
      return 'AWS refuses these credentials: log in again, or set AWS_PROFILE.';
    case 'CredentialsProviderError':
      return process.env['AWS_PROFILE']
        ? `AWS finds no credentials for the profile ${process.env['AWS_PROFILE']}: check AWS_PROFILE, or log in (aws sso login).`
        : 'AWS finds no credentials: log in (aws configure, aws sso login), or set AWS_PROFILE.';
    case 'ResourceNotFoundException':
      return 'The stack is not there: check --stage, --prefix and AWS_REGION, or deploy it first.';
    case 'AccessDenied':
    case 'AccessDeniedException':
      return `AWS does not allow that to these credentials: ${error.message}`;
    case 'EngineError':
      return error.cause ? explain(error.cause) : error.message;
    default:
      if (/region is missing/i.test(error.message)) return 'AWS knows no region: set AWS_REGION.';
      if (isUnreachable(error)) {
        return `No answer (${error.message}${causeOf(error)}): check the network, and AWS_ENDPOINT_URL if it is set.`;
      }
      return (error.message || error.name) + causeOf(error);
  }
}

const isUnreachable = (error: Error): boolean =>
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH/.test(error.message + causeOf(error));

/** Of `fetch failed`, why: a code such as ENOTFOUND or ECONNREFUSED. */
function causeOf({ cause }: Error): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? ` (${code})` : '';
}
