import { counted } from '../../lambdas/shared/plural.ts';
import { sanitizeForTerminal } from '../../local/sanitize-for-terminal.ts';
import { CommandError, type Target } from '../command.ts';
import { spanOf } from '../duration.ts';
import { say } from '../output.ts';
import type { Records } from '../records.ts';
import { type DeadLetter, isNamed, lookAt } from './letters.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import {
  type Counts,
  countsOf,
  type DeadLetterQueue,
  isOfRule,
  type Sqs,
  sourceUrl,
} from './queues.ts';

export interface Shown extends Outlook {
  message_id: string;
  tenant: string | null;
  what: string;
  ids: string[];
  sent_at: string;
  receive_count: number;
  /** Only where it was asked for: it holds customers' words. */
  body?: string;
}

export interface ShowOptions {
  ids: string[];
  limit: number;
  reveal: boolean;
}

/** How many letters are looked at for the oldest, and for one that is named. */
const maxForAge = 100;
const maxForNamed = 10_000;

/** What is known of some letters of a queue. */
export async function shownOf(
  sqs: Sqs,
  queue: DeadLetterQueue,
  records: Records,
  { ids, limit, reveal }: ShowOptions,
  now: number,
): Promise<Shown[]> {
  const all = ids.length === 0;
  const { letters } = await lookAt(sqs, queue.url, {
    max: all ? limit : Math.max(limit, ids.length),
    maxSeen: all ? limit : maxForNamed,
    wanted: (letter) => all || isNamed(letter, ids),
  });
  const shown: Shown[] = [];
  for (const letter of letters) shown.push(await shownLetter(letter, records, reveal, now));
  return shown;
}

async function shownLetter(
  letter: DeadLetter,
  records: Records,
  reveal: boolean,
  now: number,
): Promise<Shown> {
  const outlook = await outlookOf(letter, records, now);
  return {
    message_id: letter.id,
    tenant: letter.subject.tenant ?? null,
    what: letter.subject.what,
    ids: letter.subject.ids,
    sent_at: new Date(letter.sentAt).toISOString(),
    receive_count: letter.receives,
    ...outlook,
    ...(reveal && { body: letter.body }),
  };
}

export function sayShown(shown: Shown, now: number): void {
  say(`${shown.message_id}  ${shown.tenant ?? 'no tenant'}: ${shown.what}`);
  say(
    `  sent ${spanOf(now - Date.parse(shown.sent_at))} ago, taken out ${counted(shown.receive_count, 'time')}`,
  );
  say(`  reason     ${shown.reason}`);
  say(`  redriving  ${shown.redriving}`);
  if (shown.body !== undefined) console.log(`  body       ${sanitizeForTerminal(shown.body)}`);
}

export interface Listed {
  queue: string;
  messages: number;
  /** Taken out by somebody who looks at them or works on them. */
  out: number;
  /** Null where it is empty or none could be seen. */
  oldest_sent_at: string | null;
  /** Whether all were seen, so that there is none older. */
  all_seen: boolean;
  /** Of the queue that they come from; null where a rule of the bus fills it, or where it is gone. */
  work: Counts | null;
}

export async function listedOf(sqs: Sqs, target: Target, queue: DeadLetterQueue): Promise<Listed> {
  const { waiting, out } = await countsOf(sqs, queue.url);
  const empty = waiting === 0;
  const look = { max: maxForAge, maxSeen: maxForAge, wanted: () => true };
  const { letters, seen } = empty ? { letters: [], seen: 0 } : await lookAt(sqs, queue.url, look);
  const oldest = Math.min(...letters.map(({ sentAt }) => sentAt));
  return {
    queue: queue.name,
    messages: waiting,
    out,
    oldest_sent_at: letters.length > 0 ? new Date(oldest).toISOString() : null,
    all_seen: seen >= waiting,
    work: await workOf(sqs, target, queue),
  };
}

async function workOf(sqs: Sqs, target: Target, queue: DeadLetterQueue): Promise<Counts | null> {
  if (isOfRule(queue)) return null;
  try {
    return await countsOf(sqs, await sourceUrl(sqs, target, queue));
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}

export function sayListed(listed: Listed, width: number, now: number): void {
  const { queue, messages, out, oldest_sent_at: oldest, all_seen, work } = listed;
  const many = messages === 0 ? 'no dead letters' : counted(messages, 'dead letter');
  const least = all_seen ? '' : 'at least ';
  const age = oldest ? `, the oldest ${least}${spanOf(now - Date.parse(oldest))} old` : '';
  const taken = out > 0 ? `, ${out} taken out at the moment` : '';
  const behind = work ? `; work: ${work.waiting} waiting, ${work.out} in hand` : '';
  say(`${queue.padEnd(width)}  ${many}${age}${taken}${behind}`);
}
