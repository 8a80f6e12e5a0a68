import { EngineError, retryLater } from '../../../shared/errors.ts';
import { errorForLog } from '../../../shared/log.ts';
import { backoffSeconds } from '../../../shared/queue/outcome.ts';
import { composeReply } from '../compose.ts';
import {
  type AssistantChoice,
  conversationRefused,
  type ModelRunStatus,
  noThread,
  type StepResult,
  type ThreadFailure,
  type TurnContext,
} from '../ports.ts';
import type { Turn } from '../turn.ts';
import { type ModelInputs, readPictures } from './pictures.ts';
import {
  closeThread,
  openThread,
  reopenThread,
  replaceThread,
  seedOf,
  shorten,
  withLess,
} from './thread.ts';

/** What a start needs beside itself: fetching pictures, and sending an answer that is there at once. */
const startReserveMs = 10_000;
/** What of it is left for the sending. */
const afterFetchMs = 4_000;
/** How long one invocation waits for a run before it gives the wait back to the queue. */
const maxPollingMs = 20_000;
/** The time that it keeps for sending and recording after the run has ended, or for a look at the run that hangs. */
const reserveMs = 15_000;

/** Claims the run, starts it and records its id; where it may have started one before, it looks for that one first. */
export async function startRun(turn: Turn, context: TurnContext): Promise<StepResult> {
  const { assistant } = await context.assistant();
  const threadId = threadOf(turn);
  if (threadId === noThread) return openThread(turn, context);
  if (!assistant.isThread(threadId)) return reopenThread(turn, context);
  const found = turn.run && (await assistant.findRun(threadId, turn));
  if (turn.run && found) return afterStart(turn, found, turn.run.claimed_at, context);

  const availableMs = context.remainingMs() - assistant.startMs(threadId);
  if (availableMs < startReserveMs) return { kind: 'waiting', turn, afterSeconds: 1 };
  const hold = context.pictureRoom.hold();
  try {
    const untilMs = context.clock.now() + availableMs - afterFetchMs;
    const input = await readPictures(turn, hold, untilMs, context);
    return input.kind === 'waiting' ? { ...input, turn } : await startWith(input, context);
  } finally {
    hold.release();
  }
}

async function startWith(
  { turn, messages }: ModelInputs,
  context: TurnContext,
): Promise<StepResult> {
  const { store, clock } = context;
  const { assistant, texts } = await context.assistant();
  const threadId = threadOf(turn);
  const now = clock.now();
  if (messages.length === 0) {
    const notice = composeReply(turn, undefined, texts, now);
    return { kind: 'moved', turn: await store.saveTurn(notice) };
  }
  const claim = { ...turn.run, claimed_at: turn.run?.claimed_at ?? now };
  const claimed = await store.saveTurn({ ...turn, run: claim });
  void context.messenger.showTyping(claimed.inputs.at(-1)?.message_sid ?? claimed.turn_id);
  const started = await assistant.startRun(threadId, claimed, {
    input: messages,
    again: turn.run !== undefined || (turn.failed_runs ?? 0) > 0,
    history: () => seedOf(claimed, store),
  });
  context.log.info('Run started.', {
    thread_id: threadId,
    run: started.kind,
    remaining_ms: context.remainingMs(),
  });
  return afterStart(claimed, started, now, context);
}

async function afterStart(
  turn: Turn,
  status: ModelRunStatus | ThreadFailure,
  startedAt: number,
  context: TurnContext,
): Promise<StepResult> {
  if (status.kind === 'thread_gone') return reopenThread(turn, context);
  if (status.kind === 'busy') return waitForThread(turn, context);
  const run = {
    claimed_at: turn.run?.claimed_at ?? startedAt,
    started_at: startedAt,
    run_id: status.runId,
  };
  // One that has ended is not recorded first: one that was found has an id that cannot be checked.
  if (status.kind !== 'working') return settle({ ...turn, run }, status, context);
  return { kind: 'moved', turn: await context.store.saveTurn({ ...turn, state: 'run', run }) };
}

/**
 * Another run works on the thread, perhaps one of ours whose id was lost: it ends by itself. One that does not is
 * left with its thread; what it may still answer there nobody reads.
 */
async function waitForThread(turn: Turn, context: TurnContext): Promise<StepResult> {
  const { runMaxWaitMs } = await context.assistant();
  const now = context.clock.now();
  const run = { claimed_at: now, busy_since: now, ...turn.run };
  const waited = now - run.busy_since;
  if (waited > runMaxWaitMs) {
    await replaceThread(turn, 'busy with a run that does not end', context);
    await closeThread(turn.thread_id, context);
    const message = `Thread ${turn.thread_id} stays busy with another run; a new one takes its place.`;
    throw retryLater('thread_busy', message);
  }
  return { kind: 'waiting', turn: { ...turn, run }, afterSeconds: nextVisitSeconds(waited) };
}

/** Polls the run for a while, then gives the wait back to the queue; cancels a run that takes too long. */
export async function awaitRun(turn: Turn, context: TurnContext): Promise<StepResult> {
  const { clock, remainingMs } = context;
  const choice = await context.assistant();
  if (!choice.assistant.isThread(threadOf(turn))) return reopenThread(turn, context);
  const runId = turn.run?.run_id ?? '';
  const startedAt = turn.run?.started_at ?? clock.now();
  const elapsed = () => clock.now() - startedAt;
  for (let first = true; ; first = false) {
    const fresh = elapsed() < maxPollingMs;
    const delay = nextPollMs(elapsed());
    if (!first || fresh) {
      if (!fresh || remainingMs() < reserveMs + delay) {
        return { kind: 'waiting', turn, afterSeconds: nextVisitSeconds(elapsed()) };
      }
      await clock.sleep(delay);
    }
    const status = await choice.assistant.checkRun(threadOf(turn), runId);
    if (status.kind !== 'working') return settle(turn, status, context);
    if (elapsed() > choice.runMaxWaitMs) return giveUp(turn, choice, context);
  }
}

const between = (min: number, value: number, max: number) => Math.min(max, Math.max(min, value));

/**
 * Milliseconds until a run is looked at again: first after 1 s, then after a tenth of the time that
 * it has taken so far, at least 0.5 s and at most 2 s. So its end is noticed at most 10 % late.
 */
export const nextPollMs = (elapsedMs: number): number =>
  elapsedMs < 1_000 ? 1_000 - elapsedMs : between(500, elapsedMs / 10, 2_000);

/** Seconds for which a wait that was given back stays in the queue: a tenth of the time so far, 2 to 30. */
export const nextVisitSeconds = (elapsedMs: number): number =>
  Math.ceil(between(2, elapsedMs / 10_000, 30));

async function giveUp(
  turn: Turn,
  { assistant, runMaxWaitMs }: AssistantChoice,
  context: TurnContext,
): Promise<StepResult> {
  const runId = turn.run?.run_id ?? '';
  const last = await assistant.cancelRun(threadOf(turn), runId);
  if (last.kind !== 'failed' && last.kind !== 'working') return settle(turn, last, context);
  context.meter.count('RunTimedOut');
  await forgetRun(turn, context);
  const message = `Run ${runId} did not end within ${runMaxWaitMs / 1000} s and was cancelled.`;
  throw retryLater('run_timed_out', message);
}

/** Ends a run whose answer nobody waits for any more. Only logs a failure. */
export async function cancelRun(turn: Turn, context: TurnContext): Promise<void> {
  try {
    const { assistant } = await context.assistant();
    const threadId = threadOf(turn);
    const runId = turn.run?.run_id;
    if (runId && assistant.isThread(threadId)) await assistant.cancelRun(threadId, runId);
  } catch (error) {
    context.log.warn('A run could not be cancelled.', { error: errorForLog(error) });
  }
}

/** Acts on a run that has ended. */
async function settle(
  turn: Turn,
  ended: Exclude<ModelRunStatus, { kind: 'working' }>,
  context: TurnContext,
): Promise<StepResult> {
  if (ended.kind === 'failed') return runFailed(turn, ended, context);
  const { clock, log, meter, store } = context;
  const status = ended.kind === 'too_long' ? await shorten(turn, ended.runId, context) : ended;
  const isRefused = status.kind === 'unanswered' && status.refused !== undefined;
  if (isRefused) await tryWithLess(turn, status, context);
  if (status.kind === 'unanswered') {
    log.warn('The model gave no answer; the fallback text is sent.', { reason: status.reason });
  }
  meter.seconds('RunSeconds', (clock.now() - (turn.run?.started_at ?? 0)) / 1000);
  const { texts } = await context.assistant();
  const replied = composeReply(turn, status, texts, clock.now());
  if (status.lastItemId) replied.last_item_id = status.lastItemId;
  if (status.inputTokens) replied.thread_tokens = status.inputTokens;
  const saved = await store.saveTurn(replied);
  // What was refused may be in the thread now; the next message is not to meet it there.
  if (isRefused) {
    await store.rememberThread(turn, noThread);
    await closeThread(turn.thread_id, context);
  }
  return { kind: 'moved', turn: saved };
}

type Ended<Kind extends ModelRunStatus['kind']> = Extract<ModelRunStatus, { kind: Kind }>;

/** In an outage each run is billed: the next one begins later than another call would be tried again. */
const afterFailedRun = { baseSeconds: 8 };

async function runFailed(
  turn: Turn,
  { runId, reason, next, code }: Ended<'failed'>,
  context: TurnContext,
): Promise<never> {
  const { failed_runs = 0 } = await forgetRun(turn, context);
  const message = `Run ${runId} failed: ${reason}.`;
  if (!code) throw new EngineError(next, 'run_failed', message);
  const retryAfterSeconds = backoffSeconds(failed_runs, context.random, afterFailedRun);
  throw new EngineError(next, code, message, { retryAfterSeconds });
}

/** A refused run is tried with less, until nothing is left that may be the reason; then it stays unanswered. */
async function tryWithLess(
  turn: Turn,
  { reason, refused }: Ended<'unanswered'>,
  context: TurnContext,
): Promise<void> {
  // It is known what was refused: the same again is for nothing, and words stay what they are in a new thread.
  const without_history = turn.without_history || refused === 'words';
  const known: Turn = { ...turn, without_history, refusals: Math.max(1, turn.refusals ?? 0) };
  if (!withLess(known)) return;
  await forgetRun(known, context);
  throw retryLater(conversationRefused, `The conversation is refused: ${reason}.`);
}

/** The next attempt starts a run of its own. */
async function forgetRun(turn: Turn, { store }: TurnContext): Promise<Turn> {
  const { run: _run, ...rest } = turn;
  const failed_runs = (turn.failed_runs ?? 0) + 1;
  return store.saveTurn({ ...rest, state: 'thread', failed_runs });
}

const threadOf = (turn: Turn): string => turn.thread_id ?? noThread;
