import { errorForLog } from '../../../shared/log.ts';
import type { ReplyPorts, StepResult } from '../answer-turn.ts';
import { type Conversation, noThread } from '../ports.ts';
import { seedOf } from '../seed.ts';
import type { Turn } from '../turn.ts';

/**
 * A run reads its whole thread, so that each message costs more than the one before. After a run that has
 * read more than this the next turn begins a new thread: by the default model's list price it cost five
 * US cents, and a conversation of words alone gets there after some hundred messages.
 */
export const maxThreadTokens = 50_000;

/** Finds the conversation's thread, or opens one that knows our stored history. */
export async function openThread(turn: Turn, ports: ReplyPorts): Promise<StepResult> {
  const known = await ports.store.conversation(turn);
  const threadId = (await usableThread(turn, known, ports)) ?? (await openNew(turn, ports));
  const isKnown = known?.thread_id === threadId;
  if (!isKnown) await ports.store.rememberThread(turn, threadId);
  const opened: Turn = { ...turn, state: 'thread', thread_id: threadId };
  if (isKnown && known.last_item_id) opened.last_item_id = known.last_item_id;
  const saved = await ports.store.saveTurn(opened);
  if (!isKnown && isLong(known)) await closeThread(turn, known?.thread_id, ports);
  return { kind: 'moved', turn: saved };
}

const isLong = (known: Conversation | undefined): boolean =>
  (known?.thread_tokens ?? 0) > maxThreadTokens;

/** Best effort: customers' words would stay at the vendor longer than with us, where nobody knows of them. */
export async function closeThread(
  turn: Turn,
  threadId: string | undefined,
  ports: ReplyPorts,
): Promise<void> {
  const { assistant } = await ports.assistantFor(turn);
  if (!threadId || !assistant.isThread(threadId)) return;
  try {
    await assistant.closeThread(threadId);
  } catch (error) {
    ports.log.warn('A thread that was left could not be deleted at the vendor.', {
      old_thread_id: threadId,
      error: errorForLog(error),
    });
  }
}

async function usableThread(
  turn: Turn,
  known: Conversation | undefined,
  ports: ReplyPorts,
): Promise<string | undefined> {
  const { assistant } = await ports.assistantFor(turn);
  if (isLong(known)) {
    ports.log.info('The thread has grown long; a new one goes on from our history.', {
      old_thread_id: known?.thread_id,
      input_tokens: known?.thread_tokens,
    });
    return undefined;
  }
  // The queue's message may still name the thread that was left.
  if (known?.thread_id === noThread) return undefined;
  return [known?.thread_id, turn.thread_id].find(
    (id) => id !== undefined && id !== noThread && assistant.isThread(id),
  );
}

/** Our own store is the truth: a new thread takes the place of one that is of no use any more. */
export async function replaceThread(turn: Turn, why: string, ports: ReplyPorts): Promise<Turn> {
  const threadId = await openNew(turn, ports);
  ports.log.warn('The thread is of no use; opened a new one from our history.', {
    why,
    old_thread_id: turn.thread_id,
    thread_id: threadId,
  });
  await ports.store.rememberThread(turn, threadId);
  const { run: _run, last_item_id: _item, failed_runs: _failed, ...rest } = turn;
  return ports.store.saveTurn({ ...rest, state: 'thread', thread_id: threadId });
}

async function openNew(turn: Turn, ports: ReplyPorts): Promise<string> {
  const { assistant } = await ports.assistantFor(turn);
  return assistant.openThread(turn, await seedOf(turn, ports.store));
}
