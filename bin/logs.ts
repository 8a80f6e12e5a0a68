import { readableLine } from '../local/console.ts';
import { loggedNames } from '../local/function-logs.ts';
import { sanitizeForTerminal } from '../local/sanitize-for-terminal.ts';
import { CommandError, type Target } from './command.ts';
import { PatternError } from './logs/filter-pattern.ts';
import { type Level, patternOf } from './logs/pattern.ts';
import { localLogFolder, logName, logsOf } from './logs/read.ts';
import { sayJson } from './output.ts';

interface Wanted extends Target {
  level?: Level | undefined;
  code?: string[] | undefined;
  hours: number;
  limit: number;
  raw?: boolean | undefined;
  json?: boolean | undefined;
}

/** Shows what a function has logged. */
export async function logs(
  name: string,
  pattern: string | undefined,
  options: Wanted,
): Promise<void> {
  const { hours, limit: max } = options;
  const query = {
    pattern: patternOf({ ...options, pattern }),
    since: Date.now() - hours * 3_600_000,
    max,
  };
  const lines = await found(() => logsOf(options)(logName(name, options), query));
  if (!lines) {
    throw new CommandError(
      `There is no log of ${name} (${options.stage}): it has not run yet, or has another name. ${whatThereIs(options)}`,
    );
  }
  if (options.json) return sayJson(lines.map(entryOf));
  const shown = options.raw
    ? lines.map(sanitizeForTerminal)
    : lines.flatMap((line) => readable(line) ?? []);
  for (const line of shown) console.log(line);
  if (shown.length === 0) console.error(`No line of the last ${hours} h is like that.`);
  else if (lines.length >= max) console.error(`There may be more: --limit ${max} is reached.`);
}

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

/** A line that is no JSON is what the runtime wrote. */
function entryOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return { message: line };
  }
}

async function found(read: () => Promise<string[] | undefined>): Promise<string[] | undefined> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof PatternError ? new CommandError(error.message) : error;
  }
}
