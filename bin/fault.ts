import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import { CommandError } from './command.ts';

/** What was wrong with the arguments of a command, in one line; the same error where it only showed help. */
export function faultOf(command: CommandUnknownOpts, error: CommanderError): Error {
  const [, named = ''] = /'(.*?)'/s.exec(error.message) ?? [];
  const [, similar] = /\(Did you mean (.+?)\?\)/.exec(error.message) ?? [];
  const maybe = similar ? ` Did you mean ${similar}?` : '';
  const path = pathOf(command);
  switch (error.code) {
    case 'commander.unknownCommand':
      return new CommandError(
        `There is no "${named}" of ${path}.${command.parent ? whichOf(command) : maybe} (${path} --help shows all.)`,
      );
    case 'commander.unknownOption':
      return new CommandError(`${path} takes no ${named}.${maybe} (--help shows what it takes.)`);
    case 'commander.optionMissingArgument':
      return new CommandError(missingValue(named.split(/[ ,]/)[0] ?? ''));
    case 'commander.missingArgument': {
      const missing = command.registeredArguments.find((one) => one.name() === named);
      return new CommandError(
        `${path} needs <${named}>: ${missing?.description}. (Usage: ${path} ${command.usage()})`,
      );
    }
    case 'commander.excessArguments': {
      const extra = command.args.slice(command.registeredArguments.length).join(' ');
      const quote = command.registeredArguments.length > 0 ? ' Quote texts.' : '';
      return new CommandError(
        `Unexpected: ${extra}.${quote} (${path} --help shows what it takes.)`,
      );
    }
    case 'commander.invalidArgument':
      return new CommandError(invalidChoice(error.message));
    case 'commander.help':
    case 'commander.helpDisplayed':
      return error;
    default:
      return new CommandError(error.message.replace(/^error: /, ''));
  }
}

export const missingValue = (option: string): string =>
  `${option} takes a value; one that begins with a hyphen is written ${option}=-1.`;

/** `replies tenants create` */
export function pathOf(command: CommandUnknownOpts): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** The actions of a command. */
const whichOf = ({ commands }: CommandUnknownOpts): string =>
  ` Use ${listed(commands.map((one) => one.name()))}.`;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

const fewChoices = 8;

function invalidChoice(message: string): string {
  const [, given = '', name = ''] =
    /argument value '(.*)' is invalid for argument '(.*?)'/s.exec(message) ?? [];
  const [, flag = name, typed = given] =
    /option '(--[\w-]+).*?' (?:argument|value) '(.*?)'/s.exec(message) ?? [];
  const choices = (/choices are (.+)\.$/.exec(message)?.[1] ?? '').split(', ');
  const near = choices.filter((one) => one.startsWith(typed.slice(0, 4)));
  const shown = choices.length > fewChoices && near.length > 0 ? near : choices;
  return `${flag} is "${typed}": choose ${listed(shown)} (--help shows all).`;
}

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
