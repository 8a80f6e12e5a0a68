import type { ByteRoom } from '../../shared/byte-room.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Log, Meter } from '../../shared/log.ts';
import { done, type Outcome } from '../../shared/queue/outcome.ts';
import { composeReply } from './compose.ts';
import type { AssistantChoice, ConversationStore, Messenger } from './ports.ts';
import { openThread } from './steps/open-thread.ts';
import { recordTurn } from './steps/record.ts';
import { awaitRun, startRun } from './steps/run.ts';
import { sendParts } from './steps/send.ts';
import { readableInputs, type Turn, type TurnKey } from './turn.ts';

export interface ReplyPorts {
  store: ConversationStore;
  messenger: Messenger;
  assistantFor(turn: Turn): Promise<AssistantChoice>;
  clock: Clock;
  random: () => number;
  log: Log;
  /** Names the turn on each line that follows; a conversation's turns are answered one after the other. */
  logTurn(turn: TurnKey): void;
  meter: Meter;
  /**
   * Waits until the batch's other conversations are done: what has killed an invocation, so many times, must not
   * take others with it.
   */
  lastAndAlone?(times: number): Promise<void>;
  /** Where the pictures of all turns are that this process works on. */
  pictureRoom: ByteRoom;
  /** Takes a reply from the conversation's budget; in how many seconds there is one again, 0 where it got one. */
  spendReply(turn: Turn): Promise<number>;
  /** Counts a reply in the company's usage; never throws. */
  countReply(turn: Turn): Promise<void>;
  /** Where Twilio reports on a part of this turn's reply. */
  statusCallback(turn: Turn, messageKey: string): string;
}

/** The invocation's own time. */
export interface InvocationTime {
  remainingMs(): number;
}

/** A step moved the turn on, or gives the wait back to the queue for that long. */
export type StepResult =
  | { kind: 'moved'; turn: Turn }
  | { kind: 'waiting'; turn: Turn; afterSeconds: number };

/**
 * Takes a claimed turn from its last recorded step to the end. Throws an EngineError when a step
 * fails; whatever was recorded by then is not done again.
 */
export async function answerTurn(
  turn: Turn,
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<Outcome> {
  for (let current = turn; current.state !== 'recorded'; ) {
    const result = await takeStep(current, ports, budget);
    if (result.kind === 'waiting') {
      await release(result.turn, ports);
      return { kind: 'retry', afterSeconds: result.afterSeconds };
    }
    current = result.turn;
  }
  return done;
}

async function takeStep(
  turn: Turn,
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<StepResult> {
  switch (turn.state) {
    case 'received':
      return receive(turn, ports);
    case 'thread':
      return startRun(turn, ports, budget);
    case 'run':
      return awaitRun(turn, ports, budget);
    case 'text':
    case 'sending':
      return sendParts(turn, ports, budget);
    case 'sent':
    case 'recorded':
      return recordTurn(turn, ports);
    default:
      return turn.state satisfies never;
  }
}

async function receive(turn: Turn, ports: ReplyPorts): Promise<StepResult> {
  if (!turn.slowed) await ports.store.recordInputs(turn);
  if (await ports.store.hasOptedOut(turn)) {
    return close(turn, 'suppressed', ports);
  }
  const { texts, suspended } = await ports.assistantFor(turn);
  if (suspended) {
    ports.meter.count('RepliesWithheld');
    ports.log.warn('The company is suspended: its messages are kept, but not answered.');
    return close(turn, 'withheld', ports);
  }
  const afterSeconds = isFirstTry(turn) ? await ports.spendReply(turn) : 0;
  if (afterSeconds > 0) return slowDown(turn, afterSeconds, ports);
  if (readableInputs(turn).length > 0) return openThread(turn, ports);
  return {
    kind: 'moved',
    turn: await ports.store.saveTurn(composeReply(turn, undefined, texts, ports.clock.now())),
  };
}

/** A reply is paid for once, however often its turn fails. */
const isFirstTry = ({ attempts, outages = 0 }: Turn): boolean => attempts <= 1 && outages === 0;

/** The conversation's later messages wait with it, and their order holds. */
function slowDown(turn: Turn, afterSeconds: number, ports: ReplyPorts): StepResult {
  if (!turn.slowed) {
    ports.meter.count('RepliesSlowed');
    ports.log.warn(
      'The customer writes faster than one conversation is answered; the message waits.',
      {
        after_seconds: afterSeconds,
      },
    );
  }
  return { kind: 'waiting', turn: { ...turn, slowed: true }, afterSeconds };
}

/** Ends a turn without a reply. */
async function close(
  turn: Turn,
  outcome: 'suppressed' | 'withheld',
  ports: ReplyPorts,
): Promise<StepResult> {
  return { kind: 'moved', turn: await ports.store.saveTurn({ ...turn, state: 'sent', outcome }) };
}

/** Waiting is no failure: the attempt is given back with the lease. */
async function release(turn: Turn, ports: ReplyPorts): Promise<void> {
  await ports.store.saveTurn({ ...turn, lease_until: 0, attempts: Math.max(0, turn.attempts - 1) });
}
