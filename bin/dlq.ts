import { counted } from '../lambdas/shared/plural.ts';
import { CommandError, type Target } from './command.ts';
import { discard } from './dlq/discard.ts';
import { type DeadLetter, isNamed } from './dlq/letters.ts';
import {
  countsOf,
  type DeadLetterQueue,
  deadLetterQueues,
  queueNamed,
  sourceUrl,
} from './dlq/queues.ts';
import { redrive } from './dlq/redrive.ts';
import { listedOf, sayListed, sayShown, shownOf } from './dlq/show.ts';
import { say, sayJson } from './output.ts';
import { recordsOf } from './records.ts';
import { queuesOf } from './target.ts';
import { confirmed, endProgress, pause, showProgress, stopOnSignal } from './terminal.ts';

interface Chosen extends Target {
  id?: string[] | undefined;
}

/** Shows how many dead letters each queue has, and how much work waits. */
export async function list({ json, ...target }: Target & { json?: boolean | undefined }) {
  const { sqs, queues } = await queuesFor(target);
  const listed = await Promise.all(queues.map((one) => listedOf(sqs, target, one)));
  if (json) return sayJson(listed);
  const width = Math.max(...listed.map((one) => one.queue.length));
  for (const one of listed) sayListed(one, width, Date.now());
}

/** Shows why letters are there, and what a redrive would do. */
export async function show(
  queue: string,
  options: Chosen & { limit: number; reveal?: boolean | undefined; json?: boolean | undefined },
): Promise<void> {
  const { id: ids = [], limit, reveal = false } = options;
  const { sqs, from } = await queueFor(queue, options);
  const chosen = { ids, limit, reveal };
  const shown = await shownOf(sqs, from, recordsOf(options), chosen, Date.now());
  if (options.json) return sayJson(shown);
  for (const one of shown) sayShown(one, Date.now());
  const { waiting } = await countsOf(sqs, from.url);
  if (shown.length === 0) sayNothing(nothingIn(from, waiting, ids), ids);
  else if (ids.length === 0 && waiting > shown.length) {
    say(`${shown.length} of ${waiting}: more by --limit.${behindOthers(from)}`);
  }
}

/** Sends letters back to work. */
export async function sendBack(queue: string, options: Chosen & { rate: number }): Promise<void> {
  const { id: ids = [], rate } = options;
  const { sqs, from } = await queueFor(queue, options);
  const result = await redrive(sqs, {
    queue: from,
    sourceUrl: await sourceUrl(sqs, options, from),
    wanted: wantedBy(ids),
    ratePerSecond: rate,
    signal: stopOnSignal(),
    clock: { now: Date.now, sleep: pause },
    progress: showProgress,
  });
  endProgress();
  const { waiting, out } = await countsOf(sqs, from.url);
  if (result.redriven === 0 && !result.stopped && result.cameBack === 0) {
    return sayNothing(nothingIn(from, waiting, ids), ids);
  }
  const came = result.cameBack > 0 ? ` ${result.cameBack} failed again.` : '';
  say(
    `${result.stopped ? 'Stopped: ' : ''}${result.redriven} sent back to ${from.name}, about ${waiting + out} left.${came}`,
  );
  if (result.stopped) {
    say('Nothing is lost; the same command continues.');
    process.exitCode = 130;
  }
}

/** Deletes letters, after a copy was written. */
export async function throwAway(
  queue: string,
  options: Chosen & {
    all?: boolean | undefined;
    file?: string | undefined;
    yes?: boolean | undefined;
  },
): Promise<void> {
  const { id: ids = [], all = false } = options;
  if (all === ids.length > 0) {
    throw new CommandError('Which ones? Name them by --id, or take --all.');
  }
  const { sqs, from } = await queueFor(queue, options);
  const { waiting } = await countsOf(sqs, from.url);
  if (waiting === 0) return sayNothing(nothingIn(from, waiting, ids), ids);
  const file = options.file ?? copyName(from, Date.now());
  const what = all ? `all of about ${waiting}` : `${ids.length} named`;
  if (!options.yes) {
    await confirmed(`Delete ${what} dead letters of ${from.name} (${options.stage})?`);
  }
  const signal = stopOnSignal();
  const discarded = await discard(sqs, { queue: from, wanted: wantedBy(ids), file, signal });
  if (discarded === 0) sayNothing(nothingIn(from, waiting, ids), ids);
  else say(`${discarded} deleted; their copy, with customers' words, is ${file}.`);
}

async function queuesFor(target: Target) {
  const sqs = queuesOf(target);
  const queues = await deadLetterQueues(sqs, target);
  if (queues.length > 0) return { sqs, queues };
  throw new CommandError(
    `There are no queues of ${target.prefix} (${target.stage}): check --stage, --prefix and AWS_REGION, or deploy it first.`,
  );
}

async function queueFor(name: string, target: Target) {
  const { sqs, queues } = await queuesFor(target);
  return { sqs, from: queueNamed(queues, name) };
}

const wantedBy = (ids: string[]) => (letter: DeadLetter) =>
  ids.length === 0 || isNamed(letter, ids);

/** Who names one that is not there has asked for something that could not be done. */
function sayNothing(text: string, ids: string[]): void {
  say(text);
  if (ids.length > 0) process.exitCode = 1;
}

function nothingIn({ name, fifo }: DeadLetterQueue, waiting: number, ids: string[]): string {
  if (waiting === 0) return `${name} has no dead letters.`;
  if (ids.length === 0) {
    return `${name} has ${counted(waiting, 'dead letter')}, which somebody has taken out: try again in a minute.`;
  }
  return `${name} has none of these among those that can be seen now.${behindOthers({ fifo })}`;
}

function behindOthers({ fifo }: Pick<DeadLetterQueue, 'fifo'>): string {
  return fifo ? ' Of one conversation only the first ten can be seen until they are gone.' : '';
}

function copyName({ name }: DeadLetterQueue, now: number): string {
  return `dead-letters-${name}-${new Date(now).toISOString().replaceAll(':', '-')}.jsonl`;
}
