import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import { backoffSeconds } from '../backoff.ts';
import { asEngineError, type EngineError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { waitForShare } from '../limits/share.ts';
import { errorForLog } from '../log.ts';
import type { ConsumerParts, Delivery, Received } from './delivery.ts';
import { lastAndAlone } from './last-and-alone.ts';
import { afterFailure, type Failure, type FailurePolicy, type Outcome } from './outcome.ts';
import { readMessage } from './read-message.ts';
import { triesOf } from './received.ts';
import { idsOf, type Settlement, settlement } from './settle.ts';
import { batchResponse, groupRecords } from './sqs.ts';

interface About<Message> {
  /** What a message is; one that is malformed goes to the dead letters at once. */
  schema: z.ZodMiniType<Message>;
  /** What every log line names beside the record's id. */
  idsOf(message: Message, record: SQSRecord): Record<string, string>;
  /** The log line of a failed try. */
  failed: string;
  /** Whose message it is, where tenants share the workers. */
  tenantOf?(message: Message): string;
  /** Of a FIFO queue, which messages keep their order; SQS's own group by default. */
  groupOf?(message: Message): string;
}

/** Messages one by one: of a standard queue all at the same time, of a FIFO queue each group in its order. */
interface OneByOne<Message> extends FailurePolicy {
  order: 'parallel' | 'fifo-groups';
  /** What it throws is retried within the limits, then dead. */
  handle(delivery: Delivery<Message>, invocation: Invocation): Promise<Outcome>;
  /** Is told of each failed try before it is settled, and may say otherwise. What it throws is retried. */
  onFailure?(delivery: Delivery<Message>, failure: Failure): Promise<Outcome | undefined>;
}

/** All waiting messages of a group at once, which may be handled together. */
interface GroupByGroup<Message> {
  order: 'fifo-groups';
  /** The outcome of each message in the same order; a message without one comes back. What it throws is retried soon. */
  handleGroup(
    group: readonly Delivery<Message>[],
    invocation: GroupInvocation,
  ): Promise<(Outcome | undefined)[]>;
}

export interface GroupInvocation extends Invocation {
  /** Waits until the batch's other groups are done: what has ended an invocation, so many times, must not take others with it. */
  lastAndAlone(times: number): Promise<void>;
}

export type ConsumeOptions<Message> = About<Message> & (OneByOne<Message> | GroupByGroup<Message>);

export type Consume = (records: SQSRecord[], invocation: Invocation) => Promise<SQSBatchResponse>;

/** How soon messages come back whose tries nobody counts. */
const soonSeconds = 10;

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
  { schema, idsOf: idsIn }: About<Message>,
  { logOf }: ConsumerParts,
): Delivery<Message> | (Received & { error: EngineError }) {
  const read = readMessage(schema, record.body);
  const ids = 'message' in read ? idsIn(read.message, record) : {};
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

/** Handles a group's messages in their order. From the first that stays on all stay, so that the order holds. */
const inOrder =
  <Message>(
    options: OneByOne<Message> & About<Message>,
    parts: ConsumerParts,
    settle: Settlement,
  ) =>
  async (group: Delivery<Message>[], invocation: Invocation): Promise<string[]> => {
    for (const [n, delivery] of group.entries()) {
      const outcome = await outcomeOf(delivery, options, parts, invocation);
      if (outcome.kind === 'retry') return settle.retryAfter(group.slice(n), outcome.afterSeconds);
      const stays = outcome.kind === 'dead' && (await settle.deadLetter(delivery, outcome.error));
      if (stays && stays.length > 0) return idsOf(group.slice(n));
    }
    return [];
  };

/** The outcome of one message; a failed try is told in the log, unless its dead letter tells of it. */
async function outcomeOf<Message>(
  delivery: Delivery<Message>,
  options: OneByOne<Message> & About<Message>,
  { random }: ConsumerParts,
  invocation: Invocation,
): Promise<Outcome> {
  const { log, tries } = delivery;
  const tell = (error: EngineError, outcome: Outcome) => {
    if (outcome.kind === 'dead') return;
    log.warn(options.failed, {
      error_code: error.code,
      tries,
      ...(outcome.kind === 'retry' && { after_seconds: outcome.afterSeconds }),
      error: errorForLog(error),
    });
  };
  try {
    const outcome = await options.handle(delivery, invocation);
    if (outcome.kind === 'retry' && outcome.error) tell(outcome.error, outcome);
    return outcome;
  } catch (thrown) {
    const failure = afterFailure(asEngineError(thrown), tries, options, random);
    const outcome = await ruling(delivery, failure, options, random);
    tell(failure.error, outcome);
    return outcome;
  }
}

/** What the consumer says to a failure; where it cannot say, the message comes back. */
async function ruling<Message>(
  delivery: Delivery<Message>,
  failure: Failure,
  { onFailure, failed }: OneByOne<Message> & About<Message>,
  random: () => number,
): Promise<Outcome> {
  try {
    return (await onFailure?.(delivery, failure)) ?? failure;
  } catch (thrown) {
    const error = asEngineError(thrown);
    delivery.log.warn(failed, { error_code: error.code, error: errorForLog(error) });
    return { kind: 'retry', afterSeconds: backoffSeconds(delivery.tries, random) };
  }
}

/** Hands over a whole group. Those that come back come together, after the time of the first of them. */
const wholeGroup =
  <Message>(options: GroupByGroup<Message> & About<Message>, settle: Settlement) =>
  async (group: Delivery<Message>[], invocation: GroupInvocation): Promise<string[]> => {
    const soon: Outcome = { kind: 'retry', afterSeconds: soonSeconds };
    const outcomes = await options.handleGroup(group, invocation).catch((thrown) => {
      const error = asEngineError(thrown);
      group[0]?.log.error(options.failed, { error_code: error.code, error: errorForLog(error) });
      return [];
    });
    const stays: string[] = [];
    const back: Delivery<Message>[] = [];
    let afterSeconds: number | undefined;
    for (const [n, delivery] of group.entries()) {
      const outcome = outcomes[n] ?? soon;
      if (outcome.kind === 'dead')
        stays.push(...(await settle.deadLetter(delivery, outcome.error)));
      if (outcome.kind !== 'retry') continue;
      back.push(delivery);
      afterSeconds ??= outcome.afterSeconds;
    }
    return [...stays, ...(await settle.retryAfter(back, afterSeconds ?? soonSeconds))];
  };
