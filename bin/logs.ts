import { readableLine } from '../local/console.ts';
import { loggedNames } from '../local/function-logs.ts';
import { sanitizeForTerminal } from '../local/sanitize-for-terminal.ts';
import { runCommand } from './command.ts';
import { PatternError } from './logs/filter-pattern.ts';
import { localLogFolder, logsOf, requestLog } from './logs/read.ts';
import { CommandError, type Target } from './target.ts';

const usage = `What a function has logged, of the last hour. ${requestLog} stands for the API's requests, and on the local
cloud all for every log.

  npm run logs -- FUNCTION [PATTERN]      such as: npm run logs -- reply-processor '?WARN ?ERROR'

  PATTERN                       of CloudWatch: words, "phrases", ?alternatives, or { $.error_code = "openai_*" }
  --hours N                     so far back; 1 by default
  --limit N                     how many lines at most; 1000 by default
  --raw                         whole lines of JSON, metrics among them
  --stage local|dev|prod        which deployment; local by default (its data folder is read)
  --prefix NAME                 its ProjectPrefix; replies-engine by default`;

const command = {
  name: 'logs',
  usage,
  options: {
    hours: { type: 'string', default: '1' },
    limit: { type: 'string', default: '1000' },
    raw: { type: 'boolean', default: false },
  },
  actions: {
    '': {
      asks: ['Whose? A function, such as: npm run logs -- reply-processor'],
      mayAsk: 1,
      options: ['hours', 'limit', 'raw'],
    },
  },
} as const;

/** By what a function may be called: as README and the console do, or as its construct and AWS do. */
const logName = (name: string, { prefix, stage }: Target): string =>
  name
    .replace(new RegExp(`^${prefix}-(.+)-${stage}$`), '$1')
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();

await runCommand(command, async ({ given, values, target }) => {
  const [name = '', pattern = ''] = given;
  const hours = numberOf('--hours', values.hours, 8_760);
  const most = numberOf('--limit', values.limit, 100_000);
  const since = Date.now() - hours * 3_600_000;
  const lines = await found(() => logsOf(target)(logName(name, target), { pattern, since, most }));
  if (!lines) {
    throw new CommandError(
      `There is no log of ${name} (${target.stage}): it has not run yet, or has another name. ${whatThereIs(target)}`,
    );
  }
  const shown = values.raw
    ? lines.map(sanitizeForTerminal)
    : lines.flatMap((line) => readable(line) ?? []);
  for (const line of shown) console.log(line);
  if (shown.length === 0) console.error(`No line of the last ${hours} h is like that.`);
  else if (lines.length >= most) console.error(`There may be more: --limit ${most} is reached.`);
});

function whatThereIs(target: Target): string {
  if (target.stage !== 'local') return 'Check --stage and AWS_REGION too.';
  const names = loggedNames(localLogFolder()).map((name) => logName(name, target));
  return names.length > 0 ? `There are ${names.join(', ')}.` : `${localLogFolder()} has none.`;
}

/** What the console leaves out is shown where it is the log itself: each request is a line. */
function readable(line: string): string | undefined {
  return (
    readableLine(line, false) ?? (line.includes('"_aws"') ? undefined : sanitizeForTerminal(line))
  );
}

async function found(read: () => Promise<string[] | undefined>): Promise<string[] | undefined> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof PatternError ? new CommandError(error.message) : error;
  }
}

function numberOf(name: string, text: string, most: number): number {
  const value = Number(text);
  if (value > 0 && value <= most) return value;
  throw new CommandError(`${name} is a number above 0, ${most} at most.`);
}
