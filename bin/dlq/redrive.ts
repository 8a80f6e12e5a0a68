import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { sendableBody } from '../../lambdas/shared/queue/enqueue.ts';
import { type DeadLetter, deleteLetter, giveBack, takeLetters } from './letters.ts';
import { countsOf, type DeadLetterQueue, type Sqs } from './queues.ts';

export interface RedriveOptions {
  queue: DeadLetterQueue;
  /** Where the letters go back to. */
  sourceUrl: string;
  wanted: (letter: DeadLetter) => boolean;
  /** How many letters are wanted, where that is known. */
  max?: number;
  ratePerSecond: number;
  /** Aborted where the operator stops it: the message in hand is finished, the rest is returned. */
  signal: AbortSignal;
  clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  progress(redriven: number): void;
}

export interface Redriven {
  redriven: number;
  /** Failed again since they were sent back: they stay. */
  cameBack: number;
  stopped: boolean;
}

/** Of a batch, the last letter waits for nine others: none may be seen by somebody else meanwhile. */
const batchSize = 10;
const slackSeconds = 60;
const maxVisibilitySeconds = 43_200;

/**
 * Sends letters back to where they came from, so many a second: each is sent first and then deleted, so
 * that an end at any moment loses none. One that was sent but not deleted is sent again the next time;
 * a FIFO queue then knows it for five minutes by its id, and consumers know what they have done.
 */
export async function redrive(sqs: Sqs, options: RedriveOptions): Promise<Redriven> {
  const { queue, clock, signal, max = Number.POSITIVE_INFINITY } = options;
  const begun = clock.now();
  const { waiting, out } = await countsOf(sqs, queue.url);
  // However quickly letters fail again: no more than there were, and the counts are approximate.
  const bound = Math.min(max, waiting + out + batchSize);
  const seconds = visibilitySeconds(options.ratePerSecond);
  const held = new Map<string, DeadLetter>();
  /** When those that were sent back had died: one of the same subject that died later has failed again. */
  const redrivenOf = new Map<string, number>();
  const result: Redriven = { redriven: 0, cameBack: 0, stopped: false };
  try {
    while (result.redriven < bound && !signal.aborted) {
      const taken = await takeLetters(sqs, queue.url, seconds);
      const fresh = taken.filter(({ id }) => !held.has(id));
      for (const letter of taken) held.set(letter.id, letter);
      if (fresh.length === 0) break;
      for (const letter of fresh.filter(options.wanted)) {
        if (letter.sentAt > (redrivenOf.get(nameOf(letter)) ?? letter.sentAt)) {
          result.cameBack += 1;
          continue;
        }
        await clock.sleep(begun + pauseMs(result.redriven, options) - clock.now(), signal);
        if (signal.aborted || result.redriven >= bound) break;
        await sendBack(sqs, options, letter);
        held.delete(letter.id);
        redrivenOf.set(nameOf(letter), letter.sentAt);
        result.redriven += 1;
        options.progress(result.redriven);
      }
    }
  } finally {
    await giveBack(sqs, queue.url, [...held.values()]);
  }
  return { ...result, stopped: signal.aborted };
}

const nameOf = ({ subject, body }: DeadLetter): string =>
  subject.ids.length > 0 ? `${subject.tenant} ${subject.what}` : body;

const pauseMs = (redriven: number, { ratePerSecond }: RedriveOptions): number =>
  (redriven * 1000) / ratePerSecond;

const visibilitySeconds = (ratePerSecond: number): number =>
  Math.min(maxVisibilitySeconds, Math.ceil(batchSize / ratePerSecond) + slackSeconds);

/** What consumers add when they give a message up. */
const added = ['reason_code', 'reason', 'failed_at', 'record_id'];

async function sendBack(
  sqs: Sqs,
  { queue, sourceUrl }: RedriveOptions,
  letter: DeadLetter,
): Promise<void> {
  const kept = Object.entries(letter.attributes).filter(([name]) => !added.includes(name));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: sourceUrl,
      MessageBody: sendableBody(letter.body),
      ...(letter.group !== undefined && { MessageGroupId: letter.group }),
      // Of this letter, not of its message: that was sent to this queue before, perhaps just now.
      ...(queue.fifo && { MessageDeduplicationId: `redrive-${letter.id}` }),
      ...(kept.length > 0 && {
        MessageAttributes: Object.fromEntries(
          kept.map(([name, text]) => [name, { DataType: 'String', StringValue: text }]),
        ),
      }),
    }),
  );
  await deleteLetter(sqs, queue.url, letter);
}
