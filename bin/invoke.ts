import { SettingsError } from '../lib/settings.ts';
import { readableLine } from '../local/console.ts';
import { type Place, placeOf, UnknownFunction } from '../local/invoke/cloud.ts';
import { checkKind, EventFileError, readEvent, sentNow } from '../local/invoke/event-file.ts';
import { invokeOnce } from '../local/invoke/invocation.ts';
import { hasFailed, reportLines } from '../local/invoke/report.ts';
import { CommandError } from './command.ts';

/** Runs a function for the event of a file; exit code 1 where it fails. */
export async function invoke(name: string, file: string, raw = false): Promise<void> {
  try {
    const event = readEvent(file);
    const place = await placeOf(name, process.env);
    try {
      checkKind(event, file, place.called);
      if (await invokedAt(place, sentNow(event, Date.now()), raw)) process.exitCode = 1;
    } finally {
      await place.leave();
    }
  } catch (error) {
    throw isMendable(error) ? new CommandError(error.message) : error;
  }
}

/** Whether it failed. Logs go to the error stream, so that the result can be piped. */
async function invokedAt({ called, where }: Place, event: object, raw: boolean): Promise<boolean> {
  const { definition, logicalId } = called;
  console.error(`START ${definition.name} (${logicalId}), on ${where}`);
  const invocation = await invokeOnce(called, event, (line) => {
    const shown = raw ? line : readableLine(line, false);
    if (shown) console.error(shown);
  });
  const [result = '', ...rest] = reportLines(invocation, definition);
  if (invocation.outcome.kind === 'returned') console.log(result);
  else console.error(result);
  for (const line of rest) console.error(line);
  return hasFailed(invocation);
}

function isMendable(error: unknown): error is Error {
  return [UnknownFunction, EventFileError, SettingsError].some((kind) => error instanceof kind);
}
