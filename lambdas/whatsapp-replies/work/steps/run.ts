import { backoffSeconds } from '../../../shared/backoff.ts';
import { EngineError, retryLater } from '../../../shared/errors.ts';
import type { InvocationTime, ReplyPorts, StepResult } from '../answer-turn.ts';
import { composeReply } from '../compose.ts';
import { nextPollMs, nextVisitSeconds, patienceMs, reserveMs } from '../polling.ts';
import {
  type AssistantChoice,
  conversationRefused,
  type ModelRunStatus,
  noThread,
  type ThreadTrouble,
} from '../ports.ts';
import { seedOf } from '../seed.ts';
import type { Turn } from '../turn.ts';
import { type ModelInputs, readPictures } from './model-input.ts';
import { closeThread, openThread, replaceThread } from './open-thread.ts';
import { shorten } from './overflow.ts';
import { withLess } from './refused.ts';

/** What a start needs beside itself: fetching pictures, and sending an answer that is there at once. */
const startReserveMs = 10_000;
/** What of it is left for the sending. */
const afterFetchMs = 4_000;

/** Claims the run, starts it and notes its id; after a doubt it first looks for the one it may have started. */
export async function startRun(
  turn: Turn,
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<StepResult> {
  const choice = await ports.assistantFor(turn);
  const { assistant } = choice;
  const threadId = threadOf(turn);
  if (threadId === noThread) return openThread(turn, ports);
  if (!assistant.isThread(threadId)) return reopenThread(turn, ports);
  const found = turn.run && (await assistant.findRun(threadId, turn));
  if (turn.run && found) return afterStart(turn, found, turn.run.claimed_at, ports);

  if (budget.remainingMs() < assistant.startMs(threadId) + startReserveMs) {
    return { kind: 'waiting', turn, afterSeconds: 1 };
  }
  const hold = ports.pictureRoom.hold();
  try {
    const untilMs =
      ports.clock.now() + budget.remainingMs() - assistant.startMs(threadId) - afterFetchMs;
    const input = await readPictures(turn, hold, untilMs, ports);
    if (input.kind === 'waiting') return { ...input, turn };
    return await startWith(input, choice, ports, budget);
  } finally {
    hold.release();
  }
}

async function startWith(
  { turn, messages }: ModelInputs,
  { assistant, texts }: AssistantChoice,
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<StepResult> {
  const threadId = threadOf(turn);
  const now = ports.clock.now();
  if (messages.length === 0) {
    const notice = composeReply(turn, undefined, texts, now);
    return { kind: 'moved', turn: await ports.store.saveTurn(notice) };
  }
  const claim = { ...turn.run, claimed_at: turn.run?.claimed_at ?? now };
  const claimed = await ports.store.saveTurn({ ...turn, run: claim });
  const lastSid = claimed.inputs.at(-1)?.message_sid ?? claimed.turn_id;
  void ports.messenger.showTyping(lastSid);
  const started = await assistant.startRun(threadId, claimed, {
    input: messages,
    again: turn.run !== undefined || (turn.failed_runs ?? 0) > 0,
    history: () => seedOf(claimed, ports.store),
  });
  ports.log.info('Run started.', {
    thread_id: threadId,
    run: started.kind,
    remaining_ms: budget.remainingMs(),
  });
  return afterStart(claimed, started, now, ports);
}

async function afterStart(
  turn: Turn,
  view: ModelRunStatus | ThreadTrouble,
  startedAt: number,
  ports: ReplyPorts,
): Promise<StepResult> {
  if (view.kind === 'thread_gone') return reopenThread(turn, ports);
  if (view.kind === 'busy') return busy(turn, ports);
  const run = {
    claimed_at: turn.run?.claimed_at ?? startedAt,
    started_at: startedAt,
    run_id: view.runId,
  };
  // A run that has ended is not noted first: one that was found has an id that cannot be checked.
  if (view.kind !== 'working') return settle({ ...turn, run }, view, ports);
  return { kind: 'moved', turn: await ports.store.saveTurn({ ...turn, state: 'run', run }) };
}

/** The thread is gone from the vendor's side, or another's since the company has changed its assistant. */
async function reopenThread(turn: Turn, ports: ReplyPorts): Promise<never> {
  await replaceThread(turn, 'gone, or of another assistant', ports);
  throw retryLater('thread_gone', `Thread ${turn.thread_id} is gone; a new one takes its place.`);
}

/**
 * Another run works on the thread, perhaps one of ours whose id was lost: it ends by itself. One that does not is
 * left with its thread; what it may still answer there nobody reads.
 */
async function busy(turn: Turn, ports: ReplyPorts): Promise<StepResult> {
  const { runMaxWaitMs } = await ports.assistantFor(turn);
  const now = ports.clock.now();
  const run = { claimed_at: now, busy_since: now, ...turn.run };
  const waited = now - run.busy_since;
  if (waited > runMaxWaitMs) {
    await replaceThread(turn, 'busy with a run that does not end', ports);
    await closeThread(turn, turn.thread_id, ports);
    const message = `Thread ${turn.thread_id} stays busy with another run; a new one takes its place.`;
    throw retryLater('thread_busy', message);
  }
  return { kind: 'waiting', turn: { ...turn, run }, afterSeconds: nextVisitSeconds(waited) };
}

/** Polls the run within this invocation's patience, then gives the wait back; ends runs that take too long. */
export async function awaitRun(
  turn: Turn,
  ports: ReplyPorts,
  budget: InvocationTime,
): Promise<StepResult> {
  const choice = await ports.assistantFor(turn);
  if (!choice.assistant.isThread(threadOf(turn))) return reopenThread(turn, ports);
  const runId = turn.run?.run_id ?? '';
  const startedAt = turn.run?.started_at ?? ports.clock.now();
  const elapsed = () => ports.clock.now() - startedAt;
  for (let first = true; ; first = false) {
    const fresh = elapsed() < patienceMs;
    const delay = nextPollMs(elapsed());
    if (!first || fresh) {
      if (!fresh || budget.remainingMs() < reserveMs + delay) {
        return { kind: 'waiting', turn, afterSeconds: nextVisitSeconds(elapsed()) };
      }
      await ports.clock.sleep(delay);
    }
    const view = await choice.assistant.checkRun(threadOf(turn), runId);
    if (view.kind !== 'working') return settle(turn, view, ports);
    if (elapsed() > choice.runMaxWaitMs) return giveUp(turn, choice, ports);
  }
}

async function giveUp(
  turn: Turn,
  { assistant, runMaxWaitMs }: AssistantChoice,
  ports: ReplyPorts,
): Promise<StepResult> {
  const runId = turn.run?.run_id ?? '';
  const last = await assistant.cancelRun(threadOf(turn), runId);
  if (last.kind !== 'failed' && last.kind !== 'working') return settle(turn, last, ports);
  ports.meter.count('RunTimedOut');
  await forgetRun(turn, ports);
  const seconds = runMaxWaitMs / 1000;
  throw retryLater(
    'run_timed_out',
    `Run ${runId} did not end within ${seconds} s and was cancelled.`,
  );
}

/** Acts on a run that has ended. */
async function settle(
  turn: Turn,
  ended: Exclude<ModelRunStatus, { kind: 'working' }>,
  ports: ReplyPorts,
): Promise<StepResult> {
  if (ended.kind === 'failed') return runFailed(turn, ended, ports);
  const view = ended.kind === 'too_long' ? await shorten(turn, ended.runId, ports) : ended;
  const isRefused = view.kind === 'unanswered' && view.refused !== undefined;
  if (isRefused) await tryWithLess(turn, view, ports);
  const { texts } = await ports.assistantFor(turn);
  if (view.kind === 'unanswered') {
    ports.log.warn('The model gave no answer; the fallback text is sent.', { reason: view.reason });
  }
  ports.meter.seconds('RunSeconds', (ports.clock.now() - (turn.run?.started_at ?? 0)) / 1000);
  const replied = composeReply(turn, view, texts, ports.clock.now());
  if (view.lastItemId) replied.last_item_id = view.lastItemId;
  if (view.inputTokens) replied.thread_tokens = view.inputTokens;
  const saved = await ports.store.saveTurn(replied);
  // What was refused may be in the thread now; the next message is not to meet it there.
  if (isRefused) {
    await ports.store.rememberThread(turn, noThread);
    await closeThread(turn, turn.thread_id, ports);
  }
  return { kind: 'moved', turn: saved };
}

type Ended<Kind extends ModelRunStatus['kind']> = Extract<ModelRunStatus, { kind: Kind }>;

/** In an outage each run is bought: the next one begins later than another call would be tried again. */
const afterFailedRun = { baseSeconds: 8 };

async function runFailed(turn: Turn, view: Ended<'failed'>, ports: ReplyPorts): Promise<never> {
  const { failed_runs = 0 } = await forgetRun(turn, ports);
  const message = `Run ${view.runId} failed: ${view.reason}.`;
  if (!view.code) throw new EngineError(view.next, 'run_failed', message);
  const retryAfterSeconds = backoffSeconds(failed_runs, ports.random, afterFailedRun);
  throw new EngineError(view.next, view.code, message, { retryAfterSeconds });
}

/** A refused run is tried with less, until nothing is left that may be the reason; then it stays unanswered. */
async function tryWithLess(
  turn: Turn,
  { reason, refused }: Ended<'unanswered'>,
  ports: ReplyPorts,
): Promise<void> {
  // It is known what was refused: the same again is for nothing, and words stay what they are in a new thread.
  const without_history = turn.without_history || refused === 'words';
  const known: Turn = { ...turn, without_history, refusals: Math.max(1, turn.refusals ?? 0) };
  if (!withLess(known)) return;
  await forgetRun(known, ports);
  throw retryLater(conversationRefused, `The conversation is refused: ${reason}.`);
}

/** The next attempt starts a run of its own. */
async function forgetRun(turn: Turn, ports: ReplyPorts): Promise<Turn> {
  const { run: _run, ...rest } = turn;
  const failed_runs = (turn.failed_runs ?? 0) + 1;
  return ports.store.saveTurn({ ...rest, state: 'thread', failed_runs });
}

function threadOf(turn: Turn): string {
  return turn.thread_id ?? '';
}
