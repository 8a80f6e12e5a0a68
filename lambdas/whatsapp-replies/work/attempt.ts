import { alertPerson, asEngineError, type EngineError, retryLater } from '../../shared/errors.ts';
import { countVendorFailure, errorForLog } from '../../shared/log.ts';
import {
  afterFailure,
  done,
  type Failure,
  historyOnBegin,
  isOutage,
  type Outcome,
  withEntry,
} from '../../shared/queue/outcome.ts';
import { limits } from '../limits.ts';
import { answerTurn } from './answer-turn.ts';
import {
  conversationRefused,
  notRecorded,
  type ReplyPorts,
  type TurnContext,
  type TurnInvocation,
  turnTaken,
} from './ports.ts';
import { leaveThread, withLess, withoutThread } from './steps/thread.ts';
import type { Turn } from './turn.ts';

/** With less time an invocation might be ended by the first call that hangs, and its other conversations with it. */
const minAttemptMs = 15_000;

/** Works on a turn for one invocation, unless another one may still be at work on it. */
export async function attempt(
  turn: Turn,
  ports: ReplyPorts,
  invocation: TurnInvocation,
): Promise<Outcome> {
  ports.logTurn(turn);
  const leaseLeftMs = turn.lease_until - ports.clock.now();
  if (leaseLeftMs > 0) return { kind: 'retry', afterSeconds: Math.ceil(leaseLeftMs / 1000) };
  // A lease that has run out was not given back: the invocation was killed, perhaps by this very turn.
  if (turn.lease_until > 0) await invocation.lastAndAlone?.(turn.attempts);
  if (invocation.remainingMs() < minAttemptMs) return { kind: 'retry', afterSeconds: 1 };
  const context = turnContext(turn, ports, invocation);
  try {
    if (turn.attempts >= limits.maxAttempts) {
      throw retryLater('crashed', `Turn ${turn.turn_id} has ended ${turn.attempts} invocations.`);
    }
    const claimed = await claim(turn, context);
    countQueueSeconds(turn, context);
    return await answerTurn(claimed, context);
  } catch (thrown) {
    return failed(turn, asEngineError(thrown), context);
  }
}

/** What the steps of this turn work with in this invocation. */
export function turnContext(
  turn: Turn,
  ports: ReplyPorts,
  invocation: TurnInvocation,
): TurnContext {
  let assistant: ReturnType<ReplyPorts['assistantFor']> | undefined;
  return {
    ...ports,
    remainingMs: () => invocation.remainingMs(),
    assistant: () => {
      assistant ??= ports.assistantFor(turn);
      return assistant;
    },
  };
}

/** The first time that a turn is worked on: how long its oldest message has waited for it. */
function countQueueSeconds(
  { state, attempts, slowed, inputs }: Turn,
  { clock, meter }: TurnContext,
): void {
  if (state !== 'received' || attempts > 0 || slowed) return;
  const waitedMs = clock.now() - Date.parse(inputs[0]?.received_at ?? '');
  if (waitedMs >= 0) meter.seconds('QueueSeconds', waitedMs / 1000);
}

/** Takes the turn for this invocation, and with it the messages that no other turn has. */
async function claim(turn: Turn, { store, clock, remainingMs }: TurnContext): Promise<Turn> {
  const claimed = await store.saveTurn({
    ...turn,
    ...historyOnBegin(turn.history, clock.now()),
    attempts: turn.attempts + 1,
    lease_until: clock.now() + Math.max(0, remainingMs()),
  });
  if (claimed.state !== 'received' || claimed.inputs.length === 1) return claimed;
  const owners = await Promise.all(
    claimed.inputs.map(({ message_sid }) => store.mergeInto(claimed, message_sid)),
  );
  const inputs = claimed.inputs.filter((_, index) => owners[index] === claimed.turn_id);
  return inputs.length === claimed.inputs.length ? claimed : store.saveTurn({ ...claimed, inputs });
}

/** Counts and logs an attempt's failure; its outcome says when the next one is, if there is one. */
async function failed(turn: Turn, thrown: EngineError, context: TurnContext): Promise<Outcome> {
  if (thrown.code === notRecorded) return done;
  if (thrown.code === turnTaken) return { kind: 'retry', afterSeconds: 5 };
  const { log, meter } = context;
  const { failure, tried } = await release(turn, thrown, context);
  const { error } = failure;
  countVendorFailure(error, meter);
  const details = { error_code: error.code, attempts: tried, error: errorForLog(error) };
  if (failure.kind === 'retry') {
    log.warn('The reply failed and will be tried again.', details);
    // Without its error, which the consumer would log again for each message of the turn.
    return { kind: 'retry', afterSeconds: failure.afterSeconds };
  }
  const level = error.next === 'alert' ? 'critical' : 'error';
  log[level]('The reply failed for good; the message goes to the dead-letter queue.', details);
  return failure;
}

/** What follows from a failure, and the failures so far of its kind. */
interface Counted {
  failure: Failure;
  tried: number;
}

const counted = (error: EngineError, tried: number, { random }: TurnContext): Counted => ({
  failure: afterFailure(error, tried, { limits }, random),
  tried,
});

/** Gives the lease back, with what the next attempt must know. */
async function release(turn: Turn, error: EngineError, context: TurnContext): Promise<Counted> {
  try {
    const latest = (await context.store.turnOf(turn)) ?? turn;
    if (error.code !== conversationRefused) return await count(latest, error, context);
    const next = withLess(latest);
    if (!next) return await count(latest, refusedForGood(error), context);
    // Refusals are bounded by themselves, below the limit of attempts.
    const freed: Turn = { ...next, lease_until: 0, attempts: Math.max(0, latest.attempts - 1) };
    await saveLeaving(latest, withFailure(freed, error, 'failed', context), context);
    return counted(error, next.refusals ?? 1, context);
  } catch (releaseError) {
    context.log.error('The lease of the turn could not be released; it expires by itself.', {
      error: errorForLog(releaseError),
    });
    return counted(error, turn.attempts + 1, context);
  }
}

const refusedForGood = ({ message, cause }: EngineError): EngineError =>
  alertPerson(
    conversationRefused,
    `${message} Another conversation, with the customer's words alone, is refused too.`,
    { cause },
  );

/** A message that goes to the dead-letter queue has all attempts again once it is redriven. */
async function count(latest: Turn, error: EngineError, context: TurnContext): Promise<Counted> {
  const counts = countsAfter(latest, error);
  const result = counted(error, isOutage(error) ? counts.outages : counts.attempts, context);
  const isDead = result.failure.kind === 'dead';
  const after: Turn = isDead
    ? { ...fromTheStart(latest, error), attempts: 0, outages: 0 }
    : { ...latest, ...counts };
  const freed = { ...after, lease_until: 0 };
  await saveLeaving(
    latest,
    withFailure(freed, error, isDead ? 'dead' : 'failed', context),
    context,
  );
  return result;
}

/** The turn with what has become of this try, for its timeline. */
const withFailure = (
  turn: Turn,
  { code: error_code }: EngineError,
  what: 'failed' | 'dead',
  { clock }: TurnContext,
): Turn => ({ ...turn, history: withEntry(turn.history, { at: clock.now(), what, error_code }) });

/** The attempt was counted as it began; an outage does not count. */
function countsAfter({ attempts, outages = 0 }: Turn, error: EngineError) {
  return isOutage(error)
    ? { attempts: Math.max(0, attempts - 1), outages: outages + 1 }
    : { attempts, outages };
}

/**
 * What a dead letter leaves behind. The thread in which it died may be the reason, so that neither its redriving
 * nor the customer's next message continues there.
 */
function fromTheStart(turn: Turn, error: EngineError): Turn {
  const isAsked = turn.state === 'thread' || turn.state === 'run';
  if (!isAsked || keepsThread(error)) return turn;
  const { refusals: _refusals, without_history: _without, overflows: _overflows, ...rest } = turn;
  return withoutThread(rest);
}

/** Errors of one conversation alone that look like an outage: the vendor does not let it continue. */
const perhapsTheThreads = /^(openai_(failed|unreadable)|run_cancelled)$/;

/** A wrong setting, or an outage, says nothing about the thread. */
const keepsThread = (error: EngineError): boolean =>
  error.code === 'openai_refused' || (isOutage(error) && !perhapsTheThreads.test(error.code));

const saveLeaving = (before: Turn, after: Turn, context: TurnContext): Promise<Turn> =>
  before.thread_id && !after.thread_id
    ? leaveThread(before, after, context)
    : context.store.saveTurn(after);
