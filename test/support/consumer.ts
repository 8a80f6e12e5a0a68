import type { SQSRecord } from 'aws-lambda';
import type { Consume } from '../../lambdas/shared/queue/consume.ts';
import type { ConsumerParts } from '../../lambdas/shared/queue/consumer.ts';
import type { QueueClient } from '../../lambdas/shared/queue/enqueue.ts';
import { type RecordedLog, recordedLog, recordedMeter } from './log.ts';
import { sharedBut } from './share.ts';
import { aRecord } from './sqs-event.ts';

const queueUrl = 'https://sqs.example/work';
const deadLetterUrl = 'https://sqs.example/work-dead';

/** What a queue may not take. */
type Refusal = 'return' | 'delete' | 'dead letter' | 'copy';

interface Entry {
  ReceiptHandle: string;
  VisibilityTimeout?: number;
}

interface Input {
  QueueUrl: string;
  Entries?: Entry[];
  MessageBody?: string;
  DelaySeconds?: number;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

/** A queue with its dead letters, as a consumer sees it: it keeps what it is told, and takes nothing of what it refuses. */
function aQueue() {
  const queue = {
    refuses: new Set<Refusal>(),
    returned: [] as { ids: string[]; seconds: number }[],
    deleted: [] as string[],
    dead: [] as { id: string; code: string; reason: string; body: string }[],
    copies: [] as { body: string; seconds: number; tries: number }[],
  };
  const idsIn = ({ Entries = [] }: Input) =>
    Entries.map(({ ReceiptHandle }) => ReceiptHandle.replace('receipt-of-', ''));
  const takes: Record<string, [Refusal, (input: Input) => void]> = {
    returned: [
      'return',
      (input) => {
        const seconds = input.Entries?.[0]?.VisibilityTimeout ?? Number.NaN;
        queue.returned.push({ ids: idsIn(input), seconds });
      },
    ],
    deleted: ['delete', (input) => void queue.deleted.push(...idsIn(input))],
    dead: [
      'dead letter',
      ({ MessageBody: body = '', MessageAttributes: said = {} }) => {
        const [id, code, reason] = ['record_id', 'reason_code', 'reason'].map(
          (name) => said[name]?.StringValue ?? '',
        ) as [string, string, string];
        queue.dead.push({ id, code, reason, body });
      },
    ],
    copied: [
      'copy',
      ({ MessageBody: body = '', DelaySeconds: seconds = 0, MessageAttributes: said = {} }) =>
        void queue.copies.push({ body, seconds, tries: Number(said['tries_before']?.StringValue) }),
    ],
  };
  const client = {
    async send(command: { constructor: { name: string }; input: Input }) {
      const { input } = command;
      const { name } = command.constructor;
      const call =
        {
          ChangeMessageVisibilityBatchCommand: 'returned',
          DeleteMessageBatchCommand: 'deleted',
          SendMessageCommand: input.QueueUrl === deadLetterUrl ? 'dead' : 'copied',
        }[name] ?? '';
      const taken = takes[call];
      if (!taken) throw new Error(`Expected no ${name} of a consumer.`);
      const [refusal, take] = taken;
      if (queue.refuses.has(refusal)) throw new Error('SQS is away.');
      take(input);
      return {};
    },
  } as unknown as QueueClient;
  return Object.assign(queue, { client });
}

const logOf =
  (log: RecordedLog): ConsumerParts['logOf'] =>
  (given) => {
    const ids: Record<string, unknown> = { ...given };
    const write =
      (level: 'debug' | 'info' | 'warn' | 'error' | 'critical') =>
      (input: unknown, ...extra: unknown[]) =>
        log[level](input as string, Object.assign({}, ids, ...extra));
    return {
      appendKeys: (more) => void Object.assign(ids, more),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      critical: write('critical'),
    };
  };

/** What a consumer works with, each part recorded; its chance is the middle. Tenants in `full` have their share of the workers. */
export function consumerParts({
  now = () => Date.UTC(2026, 10, 21, 10),
  full = [] as string[],
} = {}) {
  const [queue, log, meter] = [aQueue(), recordedLog(), recordedMeter()];
  const parts: ConsumerParts = {
    client: queue.client,
    queueUrl,
    deadLetterUrl,
    clock: { now },
    random: () => 0.5,
    meter,
    logOf: logOf(log),
    share: sharedBut(...full),
  };
  return { parts, queue, log, meter, counts: meter.counts };
}

/** The ids of the records that stay in the queue after a batch of them. */
export async function staysOf(
  consume: Consume,
  records: SQSRecord[],
  remainingMs = 60_000,
): Promise<string[]> {
  const invocation = { owner: 'invocation-1', remainingMs: () => remainingMs };
  const { batchItemFailures } = await consume(records, invocation);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** The record as it is handed out for the nth time. */
export const receivedFor = (times: number, record: SQSRecord): SQSRecord => ({
  ...record,
  attributes: { ...record.attributes, ApproximateReceiveCount: String(times) },
});

/** A record whose group is known by its id alone: `a1` is of the group `a`. */
export const inGroup = (id: string, body: unknown): SQSRecord =>
  aRecord(id, body, { groupId: id.slice(0, 1) });
