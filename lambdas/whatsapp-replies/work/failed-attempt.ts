import { backoffSeconds } from '../../shared/backoff.ts';
import { alertPerson, type EngineError } from '../../shared/errors.ts';
import { withEntry } from '../../shared/history.ts';
import { errorForLog } from '../../shared/log.ts';
import { done, type Outcome } from '../../shared/queue/outcome.ts';
import { isOutage, maxAttemptsFor } from '../../shared/queue/retry-limits.ts';
import { countVendorFailure } from '../../shared/vendor-failures.ts';
import { limits } from '../limits.ts';
import type { ReplyPorts } from './answer-turn.ts';
import { conversationRefused, turnTaken } from './ports.ts';
import { notRecorded } from './steps/record.ts';
import { leaveThread, withLess, withoutThread } from './steps/refused.ts';
import type { Turn } from './turn.ts';

/** Counts and tells an attempt's failure, and says when the next one is, if there is one. */
export async function afterFailure(
  turn: Turn,
  thrown: EngineError,
  ports: ReplyPorts,
): Promise<Outcome> {
  if (thrown.code === notRecorded) return done;
  if (thrown.code === turnTaken) return { kind: 'retry', afterSeconds: 5 };
  const { error, tried, isFinal } = await release(turn, thrown, ports);
  countVendorFailure(error, ports.meter);
  const details = {
    error_code: error.code,
    attempts: tried,
    error: errorForLog(error),
  };
  if (!isFinal) {
    ports.log.warn('The reply failed and will be tried again.', details);
    const backoff = backoffSeconds(tried, ports.random);
    return { kind: 'retry', afterSeconds: Math.max(backoff, error.retryAfterSeconds ?? 0) };
  }
  const log = error.next === 'alert' ? ports.log.critical : ports.log.error;
  log.call(
    ports.log,
    'The reply failed for good; the message goes to the dead-letter queue.',
    details,
  );
  return { kind: 'dead', error };
}

interface Failure {
  error: EngineError;
  /** Failures so far of this kind. */
  tried: number;
  isFinal: boolean;
}

/** Gives the lease back, with what the next attempt must know. */
async function release(turn: Turn, error: EngineError, ports: ReplyPorts): Promise<Failure> {
  try {
    const latest = (await ports.store.turnOf(turn)) ?? turn;
    if (error.code !== conversationRefused) return await count(latest, error, ports);
    const next = withLess(latest);
    if (!next) return await count(latest, refusedForGood(error), ports);
    // The number of refusals is bounded by itself.
    const freed: Turn = { ...next, lease_until: 0, attempts: Math.max(0, latest.attempts - 1) };
    await saveLeaving(latest, noted(freed, error, 'failed', ports), ports);
    return { error, tried: next.refusals ?? 1, isFinal: false };
  } catch (releaseError) {
    ports.log.error('The lease of the turn could not be given back; it runs out by itself.', {
      error: errorForLog(releaseError),
    });
    const tried = turn.attempts + 1;
    return { error, tried, isFinal: isExhausted(error, tried) };
  }
}

const refusedForGood = (error: EngineError): EngineError =>
  alertPerson(
    conversationRefused,
    `${error.message} Another conversation, with the customer's words alone, is refused too.`,
    {
      cause: error.cause,
    },
  );

const isExhausted = (error: EngineError, tried: number): boolean =>
  error.next !== 'retry' || tried >= maxAttemptsFor(error, limits);

/** A message that goes to the dead-letter queue has all attempts again once it is redriven. */
async function count(latest: Turn, error: EngineError, ports: ReplyPorts): Promise<Failure> {
  const counts = countsAfter(latest, error);
  const tried = isOutage(error) ? counts.outages : counts.attempts;
  const isFinal = isExhausted(error, tried);
  const after: Turn = isFinal
    ? { ...fromTheStart(latest, error), attempts: 0, outages: 0 }
    : { ...latest, ...counts };
  const kept = noted({ ...after, lease_until: 0 }, error, isFinal ? 'dead' : 'failed', ports);
  await saveLeaving(latest, kept, ports);
  return { error, tried, isFinal };
}

/** The turn with what has become of this try, as its timeline tells. */
const noted = (
  turn: Turn,
  { code: error_code }: EngineError,
  what: 'failed' | 'dead',
  { clock }: ReplyPorts,
): Turn => ({ ...turn, history: withEntry(turn.history, { at: clock.now(), what, error_code }) });

/** The attempt was counted as it began; an outage is none. */
function countsAfter({ attempts, outages = 0 }: Turn, error: EngineError) {
  return isOutage(error)
    ? { attempts: Math.max(0, attempts - 1), outages: outages + 1 }
    : { attempts, outages };
}

/**
 * What a dead letter leaves behind. The thread in which it died may be the reason, so that neither its redriving
 * nor the customer's next message goes on there.
 */
function fromTheStart(turn: Turn, error: EngineError): Turn {
  const isAsked = turn.state === 'thread' || turn.state === 'run';
  if (!isAsked || keepsThread(error)) return turn;
  const { refusals: _refusals, without_history: _without, overflows: _overflows, ...rest } = turn;
  return withoutThread(rest);
}

/** Errors of one conversation alone that look like an outage: the vendor has made it so that it cannot go on. */
const perhapsTheThreads = /^(openai_(failed|unreadable)|run_cancelled)$/;

/** A wrong setting, or somebody who cannot be had, says nothing about the thread. */
const keepsThread = (error: EngineError): boolean =>
  error.code === 'openai_refused' || (isOutage(error) && !perhapsTheThreads.test(error.code));

const saveLeaving = (before: Turn, after: Turn, ports: ReplyPorts): Promise<Turn> =>
  before.thread_id && !after.thread_id
    ? leaveThread(before, after, ports)
    : ports.store.saveTurn(after);
