import { asEngineError, type EngineError } from '../errors.ts';
import { errorForLog } from '../log.ts';
import type {
  About,
  ConsumerParts,
  Delivery,
  GroupByGroup,
  GroupInvocation,
  Invocation,
  OneByOne,
} from './consumer.ts';
import { afterFailure, backoffSeconds, type Failure, type Outcome } from './outcome.ts';
import { recordIdsOf, type Settlement } from './settle.ts';

/** How soon messages come back whose tries nobody counts. */
const soonSeconds = 10;

/** Handles a group's messages in their order. From the first that stays on all stay, so that the order holds. */
export const inOrder =
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
      if (stays && stays.length > 0) return recordIdsOf(group.slice(n));
    }
    return [];
  };

/** The outcome of one message; a failed try is logged, unless its dead letter is. */
async function outcomeOf<Message>(
  delivery: Delivery<Message>,
  options: OneByOne<Message> & About<Message>,
  { random }: ConsumerParts,
  invocation: Invocation,
): Promise<Outcome> {
  try {
    const outcome = await options.handle(delivery, invocation);
    if (outcome.kind === 'retry' && outcome.error) tell(delivery, options, outcome.error, outcome);
    return outcome;
  } catch (thrown) {
    const failure = afterFailure(asEngineError(thrown), delivery.tries, options, random);
    const outcome = await ruling(delivery, failure, options, random);
    tell(delivery, options, failure.error, outcome);
    return outcome;
  }
}

function tell<Message>(
  { log, tries }: Delivery<Message>,
  { failed }: About<Message>,
  error: EngineError,
  outcome: Outcome,
): void {
  if (outcome.kind === 'dead') return;
  log.warn(failed, {
    error_code: error.code,
    tries,
    ...(outcome.kind === 'retry' && { after_seconds: outcome.afterSeconds }),
    error: errorForLog(error),
  });
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
export const wholeGroup =
  <Message>(options: GroupByGroup<Message> & About<Message>, settle: Settlement) =>
  async (group: Delivery<Message>[], invocation: GroupInvocation): Promise<string[]> => {
    const soon: Outcome = { kind: 'retry', afterSeconds: soonSeconds };
    const outcomes = await outcomesOf(group, options, invocation);
    const stays: string[] = [];
    const back: Delivery<Message>[] = [];
    let afterSeconds: number | undefined;
    for (const [n, delivery] of group.entries()) {
      const outcome = outcomes[n] ?? soon;
      if (outcome.kind === 'dead')
        stays.push(...(await settle.deadLetter(delivery, outcome.error)));
      if (outcome.kind !== 'retry') continue;
      if (outcome.error) tell(delivery, options, outcome.error, outcome);
      back.push(delivery);
      afterSeconds ??= outcome.afterSeconds;
    }
    return [...stays, ...(await settle.retryAfter(back, afterSeconds ?? soonSeconds))];
  };

async function outcomesOf<Message>(
  group: Delivery<Message>[],
  { handleGroup, failed }: GroupByGroup<Message> & About<Message>,
  invocation: GroupInvocation,
): Promise<(Outcome | undefined)[]> {
  try {
    return await handleGroup(group, invocation);
  } catch (thrown) {
    const error = asEngineError(thrown);
    group[0]?.log.error(failed, { error_code: error.code, error: errorForLog(error) });
    return [];
  }
}

/** The order of pieces of work of which some may end the process that they share. */
interface LastAndAlone {
  /** Resolves once no other piece is at work, for the waiting one with the lowest rank first. */
  wait(rank: number): Promise<void>;
  /** To be called at the end of each piece. */
  done(): void;
}

/** So many pieces begin together; those that wait are done last, one at a time. */
export function lastAndAlone(pieces: number): LastAndAlone {
  let working = pieces;
  const waiting: { rank: number; begin: () => void }[] = [];
  const rest = () => {
    working -= 1;
    if (working > 0) return;
    const next = waiting.sort((a, b) => a.rank - b.rank).shift();
    if (!next) return;
    working += 1;
    next.begin();
  };
  return {
    wait: (rank) =>
      new Promise((resolve) => {
        waiting.push({ rank, begin: resolve });
        rest();
      }),
    done: rest,
  };
}
