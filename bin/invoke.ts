import { SettingsError } from '../lib/settings.ts';
import { readableLine } from '../local/console.ts';
import { type Place, placeOf, UnknownFunction } from '../local/invoke/cloud.ts';
import { checkKind, EventFileError, readEvent, sentNow } from '../local/invoke/event-file.ts';
import { invokeOnce } from '../local/invoke/invocation.ts';
import { hasFailed, reportLines } from '../local/invoke/report.ts';
import { runCommand } from './command.ts';
import { CommandError } from './target.ts';

const usage = `Runs the deployed bundle of one function for one event, in a process of its own.

  npm run invoke -- FUNCTION EVENT-FILE [--raw]     such as: npm run invoke -- ReplyProcessor events/reply.json

  FUNCTION      its construct (ReplyProcessor), its name (reply-processor) or its job (reply)
  --raw         shows the log as the function writes it

It talks to what npm start runs, or to a cloud of its own in memory. Messages of a queue count as sent just now. It ends with 1 when the function threw,
timed out or reported failed messages.`;

const which = 'Which function? Such as: npm run invoke -- ReplyProcessor events/reply.json';

const command = {
  name: 'invoke',
  usage,
  options: { raw: { type: 'boolean', default: false } },
  actions: { '': { asks: [which, which.replace('function', 'event')], options: ['raw'] } },
} as const;

await runCommand(command, async ({ given, values, target }) => {
  const [name = '', file = ''] = given;
  if (target.stage !== 'local') {
    throw new CommandError(
      'invoke runs a bundle on this machine; a deployed function is called by aws lambda invoke.',
    );
  }
  try {
    await invoke(name, { event: readEvent(file), file }, values.raw);
  } catch (error) {
    throw isMendable(error) ? new CommandError(error.message) : error;
  }
});

async function invoke(
  name: string,
  { event, file }: { event: object; file: string },
  raw: boolean,
): Promise<void> {
  const place = await placeOf(name, process.env);
  try {
    checkKind(event, file, place.called);
    if (await invokedAt(place, sentNow(event, Date.now()), raw)) process.exitCode = 1;
  } finally {
    await place.leave();
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
