import { alertPerson, retryLater } from '../../../shared/errors.ts';
import { errorForLog } from '../../../shared/log.ts';
import { hasReasoning, withoutReasoning } from '../../../shared/model-text.ts';
import {
  type Conversation,
  type ConversationStore,
  type ModelRunStatus,
  noThread,
  type PastMessage,
  type StepResult,
  type TurnContext,
} from '../ports.ts';
import { readableInputs, type Turn, userText } from '../turn.ts';

/**
 * A run reads its whole thread, so that each message costs more than the one before. After a run that has
 * read more than this the next turn begins a new thread: by the default model's list price it cost five
 * US cents, and a conversation of words alone gets there after some hundred messages.
 */
export const maxThreadTokens = 50_000;

/** A thread is seeded with as many earlier messages as OpenAI takes in one request. */
const seedMessages = 20;

/**
 * At most so many characters of them, since a few long messages alone would make a long thread: 4,000
 * tokens of English, and about four times as many in the scripts that cost most.
 */
export const maxSeedChars = 16_000;

/** Words that any model takes beside its instructions; pictures may be too much for a small one. */
const shortChars = 4_000;

/** Finds the conversation's thread, or opens one that knows our stored history. */
export async function openThread(turn: Turn, context: TurnContext): Promise<StepResult> {
  const { store } = context;
  const known = await store.conversation(turn);
  const isLeft = isLong(known) || (await store.missesMessages(turn, known?.seen_sequence));
  const usable = isLeft ? leaving(known, context) : await usableThread(turn, known, context);
  const threadId = usable ?? (await openNew(turn, context));
  const isKnown = known?.thread_id === threadId;
  if (!isKnown) await store.rememberThread(turn, threadId);
  const opened: Turn = { ...turn, state: 'thread', thread_id: threadId };
  if (isKnown && known.last_item_id) opened.last_item_id = known.last_item_id;
  const saved = await store.saveTurn(opened);
  if (!isKnown && isLeft) await closeThread(known?.thread_id, context);
  return { kind: 'moved', turn: saved };
}

const isLong = (known: Conversation | undefined): boolean =>
  (known?.thread_tokens ?? 0) > maxThreadTokens;

/** The thread is too long, or a person has had the conversation: a new one knows what was written meanwhile. */
function leaving(known: Conversation | undefined, { log }: TurnContext): undefined {
  const why = isLong(known) ? 'too long' : 'behind the conversation';
  log.info('The thread is left; a new one continues from our history.', {
    why,
    old_thread_id: known?.thread_id,
    input_tokens: known?.thread_tokens,
  });
}

async function usableThread(
  turn: Turn,
  known: Conversation | undefined,
  context: TurnContext,
): Promise<string | undefined> {
  // The queue's message names one only where we know of none, and may still name one that was left.
  const threadId = known?.thread_id ?? turn.thread_id;
  const { assistant } = await context.assistant();
  return threadId && assistant.isThread(threadId) ? threadId : undefined;
}

async function openNew(turn: Turn, context: TurnContext): Promise<string> {
  const { assistant } = await context.assistant();
  return assistant.openThread(turn, await seedOf(turn, context.store));
}

/** Lets the vendor delete a thread, because customers' words must not stay there longer than here. Only logs a failure. */
export async function closeThread(
  threadId: string | undefined,
  context: TurnContext,
): Promise<void> {
  try {
    const { assistant } = await context.assistant();
    if (threadId && assistant.isThread(threadId)) await assistant.closeThread(threadId);
  } catch (error) {
    context.log.warn('An abandoned thread could not be deleted at the vendor.', {
      old_thread_id: threadId,
      error: errorForLog(error),
    });
  }
}

/** Replaces a thread that is no longer usable by a new one that knows our stored history. */
export async function replaceThread(turn: Turn, why: string, context: TurnContext): Promise<Turn> {
  const threadId = await openNew(turn, context);
  context.log.warn('The thread is unusable; a new one continues from our history.', {
    why,
    old_thread_id: turn.thread_id,
    thread_id: threadId,
  });
  await context.store.rememberThread(turn, threadId);
  return context.store.saveTurn({ ...withoutThread(turn), thread_id: threadId });
}

/** Replaces a thread that is gone from the vendor's side, or another's since the company has changed its assistant. */
export async function reopenThread(turn: Turn, context: TurnContext): Promise<never> {
  await replaceThread(turn, 'gone, or of another assistant', context);
  throw retryLater('thread_gone', `Thread ${turn.thread_id} is gone; a new one takes its place.`);
}

/** The turn before it has a thread. */
export function withoutThread(turn: Turn): Turn {
  const {
    thread_id: _thread,
    run: _run,
    last_item_id: _item,
    failed_runs: _failed,
    ...rest
  } = turn;
  return { ...rest, state: 'thread' };
}

/** Saves the turn without the thread that it was in, which the conversation's later turns do not use either. */
export async function leaveThread(turn: Turn, left: Turn, context: TurnContext): Promise<Turn> {
  await context.store.rememberThread(turn, noThread);
  const saved = await context.store.saveTurn(left);
  context.log.warn('The conversation leaves its thread; a new one continues from our history.', {
    old_thread_id: turn.thread_id,
    refusals: left.refusals,
  });
  await closeThread(turn.thread_id, context);
  return saved;
}

/**
 * The turn as it is tried after a refusal, each time with less that may be the reason: as it was, in a new thread
 * with our history, without its pictures, and in a thread that holds its words alone. Undefined after that.
 */
export function withLess(turn: Turn): Turn | undefined {
  const refusals = (turn.refusals ?? 0) + 1;
  if (refusals === 1) return { ...turn, refusals };
  const inNewThread = { ...withoutThread(turn), refusals };
  if (refusals === 2) return inNewThread;
  if (turn.inputs.some(({ images }) => images.length > 0)) return withoutPictures(inNewThread);
  return turn.without_history ? undefined : { ...inNewThread, without_history: true };
}

/** The model is told instead that they could not be read. */
const withoutPictures = (turn: Turn): Turn => ({
  ...turn,
  inputs: turn.inputs.map((input) => {
    if (input.images.length === 0) return input;
    const unreadable = [...new Set([...input.unreadable, 'pictures of this kind'])];
    return { ...input, images: [], unreadable };
  }),
});

/**
 * Has the turn tried again in a thread that begins with our latest messages, then in an empty one. What is
 * too long even alone is unanswered, as new runs cannot help; where the customer wrote little, it is the
 * instructions that are too long, which a person must see.
 */
export async function shorten(
  turn: Turn,
  runId: string,
  context: TurnContext,
): Promise<Extract<ModelRunStatus, { kind: 'unanswered' }>> {
  const overflows = (turn.overflows ?? 0) + 1;
  if (overflows <= 2) {
    await replaceThread({ ...turn, overflows }, 'too long for the model', context);
    await closeThread(turn.thread_id, context);
    const message = `Thread ${turn.thread_id} is too long for the model; a new one takes its place.`;
    throw retryLater('thread_too_long', message);
  }
  const isShort = userText(turn).length <= shortChars;
  if (isShort && readableInputs(turn).every(({ images }) => images.length === 0)) {
    const message = 'The model takes not even a short message beside the instructions.';
    throw alertPerson('instructions_too_long', message);
  }
  return { kind: 'unanswered', runId, reason: 'too long for the model' };
}

/** The latest messages that a new thread begins with; none where they were too long for the model, or refused. */
export async function seedOf(
  turn: Turn,
  store: Pick<ConversationStore, 'history'>,
): Promise<PastMessage[]> {
  // The first time the thread before was too long; the second time it was this seed.
  if ((turn.overflows ?? 0) > 1 || turn.without_history) return [];
  return newestWithin(unreasoned(await store.history(turn, seedMessages)), maxSeedChars);
}

/** The newest messages that have no more characters than that together, without a gap. */
export function newestWithin(messages: PastMessage[], maxChars: number): PastMessage[] {
  let chars = 0;
  const tooOld = messages.findLastIndex(({ content }) => {
    chars += content.length;
    return chars > maxChars;
  });
  return messages.slice(tooOld + 1);
}

/** The messages without reasoning that was kept of older answers; one answer may be several messages. */
function unreasoned(messages: PastMessage[]): PastMessage[] {
  const runs = Map.groupBy(messages, runOf(messages));
  return [...runs.values()].flatMap((run) => {
    const text = run.map(({ content }) => content).join('\n\n');
    if (run[0]?.role !== 'assistant' || !hasReasoning(text)) return run;
    const content = withoutReasoning(text);
    return content ? [{ role: 'assistant' as const, content }] : [];
  });
}

/** Numbers the runs of messages that one side wrote without the other. */
function runOf(messages: PastMessage[]): (message: PastMessage, index: number) => number {
  let run = 0;
  return ({ role }, index) => (role === messages[index - 1]?.role ? run : ++run);
}
