import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { CommandError, type Target } from '../command.ts';
import { nameOf } from '../target.ts';

/** SQS as these commands use it. */
export type Sqs = Pick<SQSClient, 'send'>;

/** A queue of dead letters, by the name of the queue that they come from. */
export interface DeadLetterQueue {
  name: string;
  url: string;
  fifo: boolean;
}

/** How many wait in a queue, and how many somebody has taken out and may give back. */
export interface Counts {
  waiting: number;
  out: number;
}

const pageSize = 1_000;

/**
 * The target's dead-letter queues, found by their names alone, so that a new one is known without a change
 * here. A queue that is tagged as another project's is not one of them.
 */
export async function deadLetterQueues(sqs: Sqs, target: Target): Promise<DeadLetterQueue[]> {
  const before = `${target.prefix}-`;
  const found: DeadLetterQueue[] = [];
  let next: string | undefined;
  do {
    const page = await sqs.send(
      new ListQueuesCommand({
        QueueNamePrefix: before,
        MaxResults: pageSize,
        ...(next && { NextToken: next }),
      }),
    );
    for (const url of page.QueueUrls ?? []) {
      const queue = deadLettersOf(url, before, target.stage);
      if (queue && (await isOfProject(sqs, url, target.prefix))) found.push(queue);
    }
    next = page.NextToken;
  } while (next);
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

function deadLettersOf(url: string, before: string, stage: string): DeadLetterQueue | undefined {
  const full = url.split('/').at(-1) ?? '';
  const fifo = full.endsWith('.fifo');
  const bare = fifo ? full.slice(0, -'.fifo'.length) : full;
  const after = `-dlq-${stage}`;
  if (!bare.startsWith(before) || !bare.endsWith(after)) return undefined;
  return { name: bare.slice(before.length, -after.length), url, fifo };
}

/** Of the projects `acme` and `acme-shop`, the names of the second begin like those of the first. */
async function isOfProject(sqs: Sqs, url: string, prefix: string): Promise<boolean> {
  try {
    const { Tags: tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }));
    return (tags?.['project'] ?? prefix) === prefix;
  } catch {
    // Tags may be forbidden where reading the queue is not.
    return true;
  }
}

/** The queue of that name; its dead letters' own full name does too. */
export function queueNamed(queues: DeadLetterQueue[], name: string): DeadLetterQueue {
  const found = queues.find((queue) => queue.name === name || queue.url.endsWith(`/${name}`));
  if (found) return found;
  const names = queues.map((queue) => queue.name).join(', ');
  throw new CommandError(`There is no queue "${name}": choose ${names}.`);
}

/** Whether it holds what a rule of the bus could not hand on: `events-to-webhooks` is of the queue `webhooks`. */
export const isOfRule = ({ name }: DeadLetterQueue): boolean => name.includes('-to-');

/** Where a queue's dead letters came from, and go back to. */
export async function sourceUrl(
  sqs: Sqs,
  target: Target,
  { name, fifo }: DeadLetterQueue,
): Promise<string> {
  // What a rule of the bus could not hand on goes to the queue that the rule fills.
  const full = nameOf(target, name.replace(/^.*-to-/, '')) + (fifo ? '.fifo' : '');
  try {
    const { QueueUrl: url } = await sqs.send(new GetQueueUrlCommand({ QueueName: full }));
    if (url) return url;
  } catch (error) {
    if (!(error instanceof Error) || !/NonExistentQueue|QueueDoesNotExist/.test(error.name)) {
      throw error;
    }
  }
  throw new CommandError(
    `The queue ${full} no longer exists: its dead letters cannot be redriven.`,
  );
}

export async function countsOf(sqs: Sqs, url: string): Promise<Counts> {
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(attributes['ApproximateNumberOfMessages'] ?? 0),
    out: Number(attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
