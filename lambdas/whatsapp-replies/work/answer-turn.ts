import { done, type Outcome } from '../../shared/queue/outcome.ts';
import { composeHandover, composeReply } from './compose.ts';
import type { StepResult, TurnContext } from './ports.ts';
import { awaitRun, cancelRun, startRun } from './steps/run.ts';
import { recordTurn, sendParts } from './steps/send.ts';
import { openThread } from './steps/thread.ts';
import { readableInputs, type Turn } from './turn.ts';

/**
 * Takes a claimed turn from its last recorded step to the end. Throws an EngineError when a step
 * fails; whatever was recorded by then is not done again.
 */
export async function answerTurn(turn: Turn, context: TurnContext): Promise<Outcome> {
  for (let current = await unlessHeld(turn, context); current.state !== 'recorded'; ) {
    const result = await takeStep(current, context);
    if (result.kind === 'waiting') {
      await release(result.turn, context);
      return { kind: 'retry', afterSeconds: result.afterSeconds };
    }
    current = result.turn;
  }
  return done;
}

/**
 * The turn, which ends here if it has waited for the model and a person has taken the conversation over meanwhile:
 * what they write waits behind it.
 */
async function unlessHeld(turn: Turn, context: TurnContext): Promise<Turn> {
  const isAsking = turn.state === 'thread' || turn.state === 'run';
  if (!isAsking || (await context.store.handling(turn)) === 'automatic') return turn;
  await cancelRun(turn, context);
  const { turn: held } = await close(turn, 'held', context);
  return held;
}

async function takeStep(turn: Turn, context: TurnContext): Promise<StepResult> {
  switch (turn.state) {
    case 'received':
      return receive(turn, context);
    case 'thread':
      return startRun(turn, context);
    case 'run':
      return awaitRun(turn, context);
    case 'text':
    case 'sending':
      return sendParts(turn, context);
    case 'sent':
    case 'recorded':
      return recordTurn(turn, context);
    default:
      return turn.state satisfies never;
  }
}

async function receive(received: Turn, context: TurnContext): Promise<StepResult> {
  const { store } = context;
  const { turn, handling } = received.slowed
    ? { turn: received, handling: await store.handling(received) }
    : await store.recordInputs(received);
  if (await store.hasOptedOut(turn)) return close(turn, 'suppressed', context);
  if (handling !== 'automatic') return close(turn, 'held', context);
  const { texts, suspended } = await context.assistant();
  if (suspended) {
    context.meter.count('RepliesWithheld');
    context.log.warn('The company is suspended: its messages are kept, but not answered.');
    return close(turn, 'withheld', context);
  }
  const forPerson = await context.handoverText(turn);
  if (forPerson !== undefined) {
    const composed = composeHandover(turn, forPerson, context.clock.now());
    return { kind: 'moved', turn: await store.saveTurn(composed) };
  }
  const afterSeconds = isFirstTry(turn) ? await context.tryAcquireReply(turn) : 0;
  if (afterSeconds > 0) return slowDown(turn, afterSeconds, context);
  if (readableInputs(turn).length > 0) return openThread(turn, context);
  const notice = composeReply(turn, undefined, texts, context.clock.now());
  return { kind: 'moved', turn: await store.saveTurn(notice) };
}

/** A turn takes one reply from the rate limit, however often it fails. */
const isFirstTry = ({ attempts, outages = 0 }: Turn): boolean => attempts <= 1 && outages === 0;

/** The conversation's later messages wait with it, and their order holds. */
function slowDown(turn: Turn, afterSeconds: number, { log, meter }: TurnContext): StepResult {
  if (!turn.slowed) {
    meter.count('RepliesSlowed');
    log.warn('The customer writes faster than one conversation is answered; the message waits.', {
      after_seconds: afterSeconds,
    });
  }
  return { kind: 'waiting', turn: { ...turn, slowed: true }, afterSeconds };
}

/** Ends a turn without a reply. */
async function close(
  turn: Turn,
  outcome: 'suppressed' | 'withheld' | 'held',
  { store }: TurnContext,
): Promise<StepResult> {
  return { kind: 'moved', turn: await store.saveTurn({ ...turn, state: 'sent', outcome }) };
}

/** Waiting is no failure: the attempt is given back with the lease. */
async function release(turn: Turn, { store }: TurnContext): Promise<void> {
  await store.saveTurn({ ...turn, lease_until: 0, attempts: Math.max(0, turn.attempts - 1) });
}
