import { counted } from '../lambdas/shared/plural.ts';
import { runCommand, say, sayJson } from './command.ts';
import { discard } from './dlq/discard.ts';
import { isNamed } from './dlq/letters.ts';
import {
  countsOf,
  type DeadLetterQueue,
  deadLetterQueues,
  queueNamed,
  sourceUrl,
} from './dlq/queues.ts';
import { redrive } from './dlq/redrive.ts';
import { listedOf, sayListed, sayShown, shownOf } from './dlq/show.ts';
import { recordsOf } from './records.ts';
import { CommandError, queuesOf } from './target.ts';
import { confirmed, endProgress, pause, showProgress, stopOnSignal } from './terminal.ts';

const usage = `The dead letters: messages that could not be worked off, kept for 14 days.

  npm run dlq -- list [--json]                           and how much work waits in the queues that they come from
  npm run dlq -- show QUEUE [--id ID]… [--limit N] [--reveal] [--json]
  npm run dlq -- redrive QUEUE [--id ID]… [--rate N]     back to work, where nothing is done twice
  npm run dlq -- discard QUEUE --id ID…|--all [--yes]    deletes them, after a copy was written to a file

  --id ID                       only this one: the letter's id, or that of its message or email; may be repeated
  --limit N                     how many are shown; 20 by default
  --reveal                      with their bodies, which hold customers' words
  --rate N                      how many a second; 10 by default
  --file FILE                   where the copy goes; dead-letters-QUEUE-TIME.jsonl by default
  --yes                         does not ask
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default`;

const options = {
  id: { type: 'string', multiple: true },
  limit: { type: 'string', default: '20' },
  rate: { type: 'string', default: '10' },
  file: { type: 'string' },
  all: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  reveal: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const which = 'Which queue? npm run dlq -- list shows them.';

const command = {
  name: 'dlq',
  usage,
  options,
  actions: {
    list: { options: ['json'] },
    show: { asks: [which], options: ['id', 'limit', 'reveal', 'json'] },
    redrive: { asks: [which], options: ['id', 'rate'] },
    discard: { asks: [which], options: ['id', 'all', 'file', 'yes'] },
  },
} as const;

await runCommand(command, async ({ action, given, values, target }) => {
  const ids = values.id ?? [];
  const limit = numberOf('--limit', values.limit, 1, 10_000);
  const rate = numberOf('--rate', values.rate, 0.01, 1_000);
  if (action === 'discard' && values.all === ids.length > 0) {
    throw new CommandError('Which ones? Name them by --id, or take --all.');
  }
  const sqs = queuesOf(target);
  const queues = await deadLetterQueues(sqs, target);
  if (queues.length === 0) {
    throw new CommandError(
      `There are no queues of ${target.prefix} (${target.stage}): check --stage, --prefix and AWS_REGION, or deploy it first.`,
    );
  }
  if (action === 'list') return list();
  const queue = queueNamed(queues, given[0] ?? '');
  if (action === 'show') return show(queue);
  if (action === 'redrive') return sendBack(queue);
  return throwAway(queue);

  async function list(): Promise<void> {
    const listed = await Promise.all(queues.map((one) => listedOf(sqs, target, one)));
    if (values.json) return sayJson(listed);
    const width = Math.max(...listed.map((one) => one.queue.length));
    for (const one of listed) sayListed(one, width, Date.now());
  }

  async function show(from: DeadLetterQueue): Promise<void> {
    const shown = await shownOf(
      sqs,
      from,
      recordsOf(target),
      { ids, limit, reveal: values.reveal },
      Date.now(),
    );
    if (values.json) return sayJson(shown);
    for (const one of shown) sayShown(one, Date.now());
    const { waiting } = await countsOf(sqs, from.url);
    if (shown.length === 0) sayNothing(nothingIn(from, waiting, ids), ids);
    else if (ids.length === 0 && waiting > shown.length) {
      say(`${shown.length} of ${waiting}: more by --limit.${behindOthers(from)}`);
    }
  }

  async function sendBack(from: DeadLetterQueue): Promise<void> {
    const back = await sourceUrl(sqs, target, from);
    const stop = stopOnSignal();
    const result = await redrive(sqs, {
      queue: from,
      sourceUrl: back,
      wanted: (letter) => ids.length === 0 || isNamed(letter, ids),
      ratePerSecond: rate,
      signal: stop,
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
      say('Nothing is lost; the same command goes on.');
      process.exitCode = 130;
    }
  }

  async function throwAway(from: DeadLetterQueue): Promise<void> {
    const { waiting } = await countsOf(sqs, from.url);
    if (waiting === 0) return sayNothing(nothingIn(from, waiting, ids), ids);
    const file = values.file ?? copyName(from, Date.now());
    const what = values.all ? `all of about ${waiting}` : `${ids.length} named`;
    if (!values.yes) {
      await confirmed(`Delete ${what} dead letters of ${from.name} (${target.stage})?`);
    }
    const discarded = await discard(sqs, {
      queue: from,
      wanted: (letter) => ids.length === 0 || isNamed(letter, ids),
      file,
      signal: stopOnSignal(),
    });
    if (discarded === 0) sayNothing(nothingIn(from, waiting, ids), ids);
    else say(`${discarded} deleted; their copy, with customers' words, is ${file}.`);
  }
});

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

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new CommandError(`${name} is a number from ${min} to ${max}.`);
}

function copyName({ name }: DeadLetterQueue, now: number): string {
  return `dead-letters-${name}-${new Date(now).toISOString().replaceAll(':', '-')}.jsonl`;
}
