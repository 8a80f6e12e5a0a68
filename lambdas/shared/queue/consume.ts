import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { discardWork, type EngineError } from '../errors.ts';
import type {
  About,
  ConsumeOptions,
  ConsumerParts,
  Delivery,
  Invocation,
  Received,
} from './consumer.ts';
import { inOrder, lastAndAlone, wholeGroup } from './handle.ts';
import { type Settlement, settlement, triesOf, waitForShare } from './settle.ts';

export type Consume = (records: SQSRecord[], invocation: Invocation) => Promise<SQSBatchResponse>;

/**
 * The consumer of a queue. It settles each message of a batch once: done (deleted by the event source), back in the
 * queue after a time, or among the dead letters; and names to Lambda those that stay in the queue.
 */
export function consume<Message>(parts: ConsumerParts, options: ConsumeOptions<Message>): Consume {
  const settle = settlement(parts);
  const workOn =
    'handleGroup' in options ? wholeGroup(options, settle) : inOrder(options, parts, settle);

  return async (records, invocation) => {
    const read = records.map((record) => receive(record, options, parts));
    const malformed = read.filter((one) => 'error' in one);
    const groups = groupsOf(
      read.filter((one) => 'message' in one),
      options,
    );
    const order = lastAndAlone(groups.length);
    const mine = { ...invocation, lastAndAlone: order.wait };
    const places = await enter(groups.flat(), options, parts, invocation);
    const work = async (group: Delivery<Message>[]): Promise<string[]> => {
      if (!group.every(places.has)) return waits(group, options.order, parts, settle);
      const stays = await workOn(group, mine);
      if (options.order === 'fifo-groups' && groups.length > 1) {
        await settle.deleteDone(group.filter(({ record }) => !stays.includes(record.messageId)));
      }
      return stays;
    };
    try {
      const stays = await Promise.all([
        ...malformed.map((one) => settle.deadLetter(one, one.error)),
        ...groups.map((group) => work(group).finally(order.done)),
      ]);
      return batchResponse(stays.flat());
    } finally {
      await places.leave();
    }
  };
}

/** A record with its message, or with the error that says why it has none. */
function receive<Message>(
  record: SQSRecord,
  { schema, idsOf }: About<Message>,
  { logOf }: ConsumerParts,
): Delivery<Message> | (Received & { error: EngineError }) {
  const read = readMessage(schema, record.body);
  const ids = 'message' in read ? idsOf(read.message, record) : {};
  const log = logOf({ ...ids, record_id: record.messageId });
  return { ...read, record, log, tries: triesOf(record) };
}

function groupsOf<Message>(
  deliveries: Delivery<Message>[],
  { order, groupOf }: ConsumeOptions<Message>,
): Delivery<Message>[][] {
  if (order === 'parallel') return deliveries.map((one) => [one]);
  return groupRecords(
    deliveries,
    ({ message, record }) =>
      groupOf?.(message) ?? record.attributes?.MessageGroupId ?? record.messageId,
  );
}

/** Takes a place among the workers for each tenant that has fewer than its share. */
async function enter<Message>(
  deliveries: Delivery<Message>[],
  { tenantOf }: About<Message>,
  { share }: ConsumerParts,
  invocation: Invocation,
) {
  if (!share || !tenantOf) return { has: () => true, leave: async () => {} };
  const tenants = deliveries.map(({ message }) => tenantOf(message));
  const places = await share.enter(tenants, invocation.remainingMs());
  return {
    has: ({ message }: Delivery<Message>) => places.tenants.has(tenantOf(message)),
    leave: places.leave,
  };
}

/** A message of a FIFO queue waits in its place; one of a standard queue goes behind the others. */
async function waits<Message>(
  group: Delivery<Message>[],
  order: ConsumeOptions<Message>['order'],
  { meter, random }: ConsumerParts,
  settle: Settlement,
): Promise<string[]> {
  meter.count('WaitedForShare', group.length);
  if (order === 'fifo-groups') {
    return settle.retryAfter(group, waitForShare(group[0]?.tries ?? 1, random));
  }
  return (await Promise.all(group.map(settle.waitBehind))).flat();
}

const maxFaults = 10;

/** The message in a body; one that is malformed is an error that names the faulty fields, and none of their values. */
export function readMessage<Message>(
  schema: z.ZodMiniType<Message>,
  body: string,
): { message: Message } | { error: EngineError } {
  const value = parseJson(body);
  if (value === undefined) return { error: malformed('it is not JSON') };
  const result = z.safeParse(schema, value);
  if (result.success) return { message: result.data };
  const faults = result.error.issues.slice(0, maxFaults).map(faultOf);
  return { error: malformed(faults.join('; ')) };
}

const malformed = (what: string): EngineError =>
  discardWork('malformed_message', `The queue message is malformed: ${what}.`);

const faultOf = ({ path }: { path: PropertyKey[] }): string =>
  `${path.map(String).join('.') || 'the message'} is missing or malformed`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The records of a batch by conversation, each group in the order of the queue. */
export function groupRecords<T>(items: T[], groupOf: (item: T) => string): T[][] {
  return [...Map.groupBy(items, groupOf).values()];
}

/** Tells Lambda which messages stay in the queue; all others are deleted. */
export const batchResponse = (failedIds: Iterable<string>): SQSBatchResponse => ({
  batchItemFailures: [...new Set(failedIds)].map((itemIdentifier) => ({ itemIdentifier })),
});
