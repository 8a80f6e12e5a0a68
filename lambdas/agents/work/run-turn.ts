import { randomUUID } from 'node:crypto';
import { asEngineError, type EngineError } from '../../shared/errors.ts';
import { countVendorFailure, errorForLog } from '../../shared/log.ts';
import { backoffSeconds } from '../../shared/queue/outcome.ts';
import { limits } from '../limits.ts';
import type { RunTurn, TurnProgress } from '../ports.ts';
import { type Asked, askModel } from './ask-model.ts';
import { boundedAnswer } from './bounded-answer.ts';
import { concludeTurn } from './conclude-turn.ts';
import { EventWriter, type Told, toldOf, turnTaken } from './event-writer.ts';
import { timingFirstWords } from './first-words.ts';
import { type Agent, type RunTurnPorts, runUnknown, tooLong, turnCrashed } from './ports.ts';
import { newestQuestion, readByModel } from './question.ts';
import type { Ending, TurnRecord } from './turn-record.ts';
import type { TurnWork } from './turn-work.ts';
import { Watch } from './watch-turn.ts';

/**
 * Works on the turn of a conversation, from wherever it was left: asks the model or reads on, shows its answer, appends
 * it to the conversation, and ends the turn, after which the next begins where messages have come meanwhile. Killed at
 * any point it is continued by the next that is called; of two at once one ends.
 */
export const runTurn =
  (ports: RunTurnPorts): RunTurn =>
  async (key, { owner, remainingMs }, wrote): Promise<TurnProgress> => {
    const claimed = await claim(ports, key, `${owner}/${randomUUID()}`);
    if ('kind' in claimed) return claimed;
    const { tenant_id, conversation_id, turn_id } = claimed;
    const log = ports.logOf({ tenant_id, conversation_id, turn_id });
    const watch = new Watch(ports, claimed, remainingMs);
    try {
      const told = await toldOf(ports.events, claimed);
      const seen = timingFirstWords(ports, claimed, told, wrote);
      const writer = new EventWriter(ports.events, claimed, told, ports.clock, seen);
      const work = { ports, writer, watch, log };
      const ending = claimed.ending ?? (await decided(work, told));
      if ('kind' in ending) {
        await ports.turns.release(watch.turn, ports.clock.now() + ending.forMs, true);
        return ending;
      }
      return { kind: 'ended', next: await concludeTurn(work, () => agentOf(work), ending) };
    } catch (thrown) {
      const error = asEngineError(thrown);
      await ports.turns.release(watch.turn, 0).catch(() => undefined);
      // Nothing has failed, and it is no try of the message that waits for it.
      if (error.code === turnTaken) return { kind: 'waits', forMs: 1_000 };
      log.warn('Work on a turn has failed; it is continued.', {
        error_code: error.code,
        error: errorForLog(error),
      });
      throw error;
    }
  };

/** Takes the turn; until the model was asked, it covers the messages that have come since too. */
async function claim(
  { turns, clock }: RunTurnPorts,
  key: Parameters<RunTurn>[0],
  owner: string,
): Promise<TurnRecord | Extract<TurnProgress, { kind: 'idle' | 'waits' }>> {
  const seen = await turns.find(key);
  if (seen?.state !== 'running') return { kind: 'idle' };
  const now = clock.now();
  if (seen.lease_until > now) return { kind: 'waits', forMs: seen.lease_until - now };
  const isOpen = seen.asked_at === undefined && !seen.ending;
  const claimed = await turns.claim(seen, {
    owner,
    until: now + limits.leaseSeconds * 1000,
    through: isOpen ? seen.wanted_sequence : seen.through_sequence,
  });
  return claimed ?? { kind: 'waits', forMs: 1_000 };
}

type Waits = Extract<TurnProgress, { kind: 'waits' }>;

/** How the turn ends, which is decided once; or that it waits. */
async function decided(work: TurnWork, told: Told): Promise<Ending | Waits> {
  const { watch, writer } = work;
  if (told.last) return endingOf(told);
  const result = await answered(work);
  if ('forMs' in result) return result;
  const { text, ...rest } = result;
  if (text !== undefined) await writer.settle(text);
  const ending = { ...rest, through_event: writer.told.sequence };
  await watch.save({ ending });
  return ending;
}

/** A turn whose last event is written was decided, and only its end is missing. */
const endingOf = ({ last, sequence }: Told): Ending => ({
  outcome: last?.event === 'complete' ? last.outcome : 'failed',
  through_event: sequence,
});

/** How it ends; with the text that its readers are to have, where they may not have it yet. */
type Decision = Omit<Ending, 'through_event'> & { text?: string };

async function answered(work: TurnWork): Promise<Decision | Waits> {
  const { ports, watch, log } = work;
  const { turn } = watch;
  if (turn.attempts > limits.attempts) return failure(work, { code: turnCrashed });
  const decision = await watch.decision();
  if (decision !== 'go') return ended(work, decision);
  let agent: Agent;
  try {
    agent = await agentOf(work);
  } catch (thrown) {
    const error = asEngineError(thrown);
    if (error.next === 'retry') throw error;
    return failure(work, error);
  }
  if (agent.suspended) return { outcome: 'withheld' };
  if (turn.asked_at === undefined) {
    const waitMs = await ports.tryAcquireTurn(turn);
    if (waitMs > 0) {
      log.info('A turn waits, because its conversation or company has had many.', { waitMs });
      return { kind: 'waits', forMs: waitMs };
    }
    await watch.save({ asked_at: ports.clock.now(), agent: agent.name });
    if (work.writer.told.sequence === 0) await work.writer.tell({ event: 'thinking', value: '' });
  }
  watch.setDeadline((watch.turn.asked_at ?? 0) + agent.maxWaitMs);
  return asking(work, agent);
}

async function agentOf({ ports, watch: { turn } }: TurnWork): Promise<Agent> {
  const conversation = await ports.conversations.find(turn);
  const { conversation_spec_id = null, channel = 'webchat' } = conversation ?? {};
  return ports.agentFor(turn.tenant_id, conversation_spec_id, channel);
}

/** Asks until there is an answer, or the model has failed too often. */
async function asking(work: TurnWork, agent: Agent): Promise<Decision | Waits> {
  const { ports, watch, writer } = work;
  for (let part = 1; ; ) {
    const { turn } = watch;
    const messages = turn.run_id ? [] : await read(work, part);
    const question = { ...nameOf(turn), messages };
    const asked = await askModel(agent, question, turn.run_id, writer, watch);
    if (asked.kind !== 'failed') return outcomeOf(work, agent, asked);
    const { error } = asked;
    const isLong = error.code === tooLong && part > minPart;
    if (isLong) part /= 4;
    const decision = isLong ? undefined : await afterFailure(work, error);
    if (decision) return decision;
    await watch.save(
      { failures: watch.turn.failures + (isLong || error.code === runUnknown ? 0 : 1) },
      ['run_id'],
    );
    writer.drop();
    if (!isLong) await ports.clock.sleep(pauseMs(error, watch.turn.failures, ports.random));
  }
}

const minPart = 1 / 60;
const maxPauseMs = 5_000;

const pauseMs = (
  { retryAfterSeconds = 0 }: EngineError,
  failures: number,
  random: () => number,
): number =>
  Math.min(
    maxPauseMs,
    1000 * Math.max(backoffSeconds(failures + 1, random, { baseSeconds: 1 }), retryAfterSeconds),
  );

const nameOf = ({ tenant_id, conversation_id, turn_id }: TurnRecord) => ({
  tenant_id,
  conversation_id,
  turn_id,
});

async function read({ ports, watch: { turn } }: TurnWork, part: number) {
  const newest = await ports.conversations.latest(turn, limits.historyMessages);
  const isLastTry = turn.failures + 1 >= limits.modelTries;
  const heard = isLastTry ? newestQuestion(newest, turn.through_sequence) : newest;
  return readByModel(turn, heard, turn.through_sequence, part, ports.fileBytes);
}

/** The end of a turn after which the model is not asked again. */
async function afterFailure(work: TurnWork, error: EngineError): Promise<Decision | undefined> {
  const { ports, watch, log } = work;
  countVendorFailure(error, ports.meter);
  log.warn('The model has failed to answer.', {
    error_code: error.code,
    failures: watch.turn.failures + 1,
    error: errorForLog(error),
  });
  const isLast = error.next !== 'retry' || watch.turn.failures + 1 >= limits.modelTries;
  return isLast && error.code !== runUnknown ? failure(work, error) : undefined;
}

async function outcomeOf(
  work: TurnWork,
  agent: Agent,
  asked: Exclude<Asked, { kind: 'failed' }>,
): Promise<Decision | Waits> {
  if (asked.kind === 'answered') return { outcome: 'answered', text: wholeOrCut(work, asked.text) };
  if (asked.kind === 'out_of_time') return { kind: 'waits', forMs: 0 };
  if (asked.kind === 'unanswered') {
    work.log.info('The model has not answered.', { reason: asked.reason });
    return { outcome: 'answered', text: agent.fallback };
  }
  await cancelled(work, agent);
  if (asked.kind !== 'late') return ended(work, asked.kind);
  work.ports.meter.count('RunTimedOut');
  return failure(work, { code: 'run_timed_out' });
}

function wholeOrCut({ log }: TurnWork, answer: string): string {
  const text = boundedAnswer(answer);
  if (text !== answer) log.warn('An answer was cut, because it is longer than a message may be.');
  return text;
}

async function cancelled({ watch }: TurnWork, { model }: Agent): Promise<void> {
  const { run_id } = watch.turn;
  if (run_id) await model.cancel(run_id).catch(() => undefined);
}

/** Stopped with what readers have; withheld, since a person answers. */
function ended({ writer }: TurnWork, outcome: 'stopped' | 'withheld'): Decision {
  writer.drop();
  return { outcome };
}

/** A person must look where no further try can help; a customer who writes again begins a new turn. */
function failure(
  { ports, log }: TurnWork,
  { code, next }: { code: string; next?: string },
): Decision {
  ports.meter.count('TurnsFailed');
  if (next === 'alert') log.error('A turn has failed, and will each time.', { error_code: code });
  else log.warn('A turn has failed; the customer was told.', { error_code: code });
  return { outcome: 'failed', code };
}
