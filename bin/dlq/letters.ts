import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Sqs } from './queues.ts';
import { type Subject, subjectOf } from './subject.ts';

/** A message of a dead-letter queue, taken out for a while. */
export interface DeadLetter {
  id: string;
  receipt: string;
  body: string;
  /** The message attributes that are texts. */
  attributes: Record<string, string>;
  group?: string;
  /** Milliseconds since the epoch. */
  sentAt: number;
  receives: number;
  subject: Subject;
}

const perBatch = 10;
/** Long polling asks all of SQS's servers; without it a queue that is not empty may look so. */
const waitSeconds = 1;

/** Takes up to ten letters out for that long; none where none is to be had now. */
export async function takeLetters(sqs: Sqs, url: string, seconds: number): Promise<DeadLetter[]> {
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: perBatch,
      VisibilityTimeout: seconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return messages.map(deadLetterOf);
}

function deadLetterOf(message: Message): DeadLetter {
  const system: Record<string, string | undefined> = message.Attributes ?? {};
  const texts = Object.entries(message.MessageAttributes ?? {}).flatMap(
    ([name, { StringValue }]) => (StringValue === undefined ? [] : [[name, StringValue] as const]),
  );
  const group = system['MessageGroupId'];
  const body = message.Body ?? '';
  return {
    id: String(message.MessageId),
    receipt: String(message.ReceiptHandle),
    body,
    attributes: Object.fromEntries(texts),
    ...(group !== undefined && { group }),
    sentAt: Number(system['SentTimestamp'] ?? 0),
    receives: Number(system['ApproximateReceiveCount'] ?? 1),
    subject: subjectOf(body),
  };
}

export async function deleteLetter(sqs: Sqs, url: string, { receipt }: DeadLetter): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
}

/**
 * Lets letters be seen again at once; one that cannot be given back comes back by itself. The last comes
 * first, because emulators put each before the rest of its group.
 */
export async function giveBack(sqs: Sqs, url: string, taken: DeadLetter[]): Promise<void> {
  const letters = taken.toReversed();
  for (let at = 0; at < letters.length; at += perBatch) {
    const command = new ChangeMessageVisibilityBatchCommand({
      QueueUrl: url,
      Entries: letters.slice(at, at + perBatch).map(({ receipt }, index) => ({
        Id: String(index),
        ReceiptHandle: receipt,
        VisibilityTimeout: 0,
      })),
    });
    await sqs.send(command).catch(() => undefined);
  }
}

/** Whether a letter is one of those that are named, by its own id or by that of what it is about. */
export const isNamed = (letter: DeadLetter, ids: readonly string[]): boolean =>
  ids.some((id) => id === letter.id || letter.subject.ids.includes(id));

const lookSeconds = 30;

/**
 * Looks at letters and gives them back: up to `max` that `wanted` takes, of up to `maxSeen`. Of a FIFO
 * queue's group only the first ten are to be seen, because the others wait behind them.
 */
export async function lookAt(
  sqs: Sqs,
  url: string,
  { max, maxSeen, wanted }: { max: number; maxSeen: number; wanted: (one: DeadLetter) => boolean },
): Promise<{ letters: DeadLetter[]; seen: number }> {
  const seen = new Map<string, DeadLetter>();
  const letters: DeadLetter[] = [];
  try {
    while (letters.length < max && seen.size < maxSeen) {
      const taken = await takeLetters(sqs, url, lookSeconds);
      const fresh = taken.filter(({ id }) => !seen.has(id));
      if (fresh.length === 0) break;
      for (const letter of taken) seen.set(letter.id, letter);
      letters.push(...fresh.filter(wanted));
    }
  } finally {
    await giveBack(sqs, url, [...seen.values()]);
  }
  return { letters: letters.slice(0, max), seen: seen.size };
}
