import { asEngineError, retryLater } from '../../shared/errors.ts';
import { historyOnBegin } from '../../shared/history.ts';
import { done, type Outcome } from '../../shared/queue/outcome.ts';
import { limits } from '../limits.ts';
import { answerTurn, type InvocationTime, type ReplyPorts } from './answer-turn.ts';
import { afterFailure } from './failed-attempt.ts';
import type { Inbound } from './inbound.ts';
import { withQuotes } from './quotes.ts';
import type { Turn } from './turn.ts';

/** One inbound message of the batch, parsed. */
export interface QueuedMessage {
  company_id: string;
  project_id: string;
  conversation_id: string;
  thread_id?: string;
  customer: string;
  business_number: string;
  inbound: Inbound;
}

/**
 * Answers the waiting messages of one conversation, oldest first; those that wait together by one
 * run. When one comes back, all that are not done come back with it, so that their order holds.
 */
export async function answerGroup(
  messages: QueuedMessage[],
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<Outcome[]> {
  const outcomes = new Map<QueuedMessage, Outcome>();
  let pending = messages;
  while (pending.length > 0) {
    const { turn, covered } = await openTurn(pending, ports);
    const outcome = turn ? await attempt(turn, ports, budget) : done;
    const settled = outcome.kind === 'retry' ? pending : covered;
    for (const message of settled) outcomes.set(message, outcome);
    pending = pending.filter((message) => !settled.includes(message));
  }
  return messages.map((message) => outcomes.get(message) ?? done);
}

/** The turn that the first message belongs to, or a new one for all that wait; none if it was answered before. */
async function openTurn(
  pending: QueuedMessage[],
  ports: ReplyPorts,
): Promise<{ turn?: Turn; covered: QueuedMessage[] }> {
  const turns = await Promise.all(pending.map((message) => ports.store.turnOf(keyOf(message))));
  const first = turns[0];
  if (first) {
    const covered = pending.filter((message, index) => index === 0 || isIn(first, message));
    return first.state === 'recorded' ? { covered } : { turn: first, covered };
  }
  const fresh = pending.slice(
    0,
    firstIndex(turns, (turn) => turn !== undefined),
  );
  const created = newTurn(await withQuotes(fresh, ports.store), ports.clock.now());
  if (!(await ports.store.createTurn(created))) return openTurn(pending, ports);
  return { turn: created, covered: fresh };
}

const isIn = (turn: Turn, message: QueuedMessage): boolean =>
  turn.inputs.some((input) => input.message_sid === message.inbound.message_sid);

function firstIndex<T>(list: T[], matches: (item: T) => boolean): number {
  const index = list.findIndex(matches);
  return index === -1 ? list.length : index;
}

const keyOf = (message: QueuedMessage) => ({
  company_id: message.company_id,
  conversation_id: message.conversation_id,
  turn_id: message.inbound.message_sid,
});

function newTurn(messages: QueuedMessage[], now: number): Turn {
  const [first] = messages;
  if (!first) throw new Error('Expected a turn of at least one message, got none.');
  const time = new Date(now).toISOString();
  const unique = new Map(messages.map(({ inbound }) => [inbound.message_sid, inbound]));
  return {
    ...keyOf(first),
    project_id: first.project_id,
    customer: first.customer,
    business_number: first.business_number,
    state: 'received',
    version: 0,
    attempts: 0,
    lease_until: 0,
    inputs: [...unique.values()],
    ...(first.thread_id && { thread_id: first.thread_id }),
    parts: [],
    created_at: time,
    updated_at: time,
  };
}

/** With less time an invocation might be ended by the first call that hangs, and its other conversations with it. */
const minAttemptMs = 15_000;

async function attempt(turn: Turn, ports: ReplyPorts, budget: InvocationTime): Promise<Outcome> {
  ports.logTurn(turn);
  const leaseLeftMs = turn.lease_until - ports.clock.now();
  if (leaseLeftMs > 0) return { kind: 'retry', afterSeconds: Math.ceil(leaseLeftMs / 1000) };
  // A lease that has run out was not given back: the invocation was killed, perhaps by this very turn.
  if (turn.lease_until > 0) await ports.lastAndAlone?.(turn.attempts);
  if (budget.remainingMs() < minAttemptMs) return { kind: 'retry', afterSeconds: 1 };
  try {
    if (turn.attempts >= limits.maxAttempts) {
      throw retryLater('crashed', `Turn ${turn.turn_id} has ended ${turn.attempts} invocations.`);
    }
    const claimed = await claim(turn, ports, budget);
    noteBegin(turn, ports);
    return await answerTurn(claimed, ports, budget);
  } catch (thrown) {
    return afterFailure(turn, asEngineError(thrown), ports);
  }
}

/** The first time that a turn is worked on: how long its oldest message has waited for it. */
function noteBegin({ state, attempts, slowed, inputs }: Turn, { clock, meter }: ReplyPorts): void {
  if (state !== 'received' || attempts > 0 || slowed) return;
  const waitedMs = clock.now() - Date.parse(inputs[0]?.received_at ?? '');
  if (waitedMs >= 0) meter.seconds('QueueSeconds', waitedMs / 1000);
}

/** Takes the turn for this invocation, and with it the messages that no other turn has. */
async function claim(turn: Turn, ports: ReplyPorts, budget: InvocationTime): Promise<Turn> {
  const claimed = await ports.store.saveTurn({
    ...turn,
    ...historyOnBegin(turn.history, ports.clock.now()),
    attempts: turn.attempts + 1,
    lease_until: ports.clock.now() + Math.max(0, budget.remainingMs()),
  });
  if (claimed.state !== 'received' || claimed.inputs.length === 1) return claimed;
  const owners = await Promise.all(
    claimed.inputs.map(({ message_sid }) => ports.store.coverMessage(claimed, message_sid)),
  );
  const inputs = claimed.inputs.filter((_, index) => owners[index] === claimed.turn_id);
  return inputs.length === claimed.inputs.length
    ? claimed
    : ports.store.saveTurn({ ...claimed, inputs });
}
