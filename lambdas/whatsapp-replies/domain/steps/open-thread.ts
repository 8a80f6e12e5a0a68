import type { ReplyPorts, StepResult } from '../answer-turn.ts';
import type { Turn } from '../turn.ts';

/** A thread is seeded with as many earlier messages as OpenAI takes in one request. */
export const seedMessages = 20;

/** Finds the conversation's thread, or opens one that knows our stored history. */
export async function openThread(turn: Turn, ports: ReplyPorts): Promise<StepResult> {
  const { assistant } = await ports.assistantFor(turn);
  const known = await ports.store.conversation(turn);
  const candidates = [known?.thread_id, turn.thread_id].filter((id) => id !== undefined);
  const threadId = candidates.find((id) => assistant.isThread(id)) ?? (await openNew(turn, ports));
  const isKnown = known?.thread_id === threadId;
  if (!isKnown) await ports.store.rememberThread(turn, threadId);
  const opened: Turn = { ...turn, state: 'thread', thread_id: threadId };
  if (isKnown && known.last_item_id) opened.last_item_id = known.last_item_id;
  return { kind: 'moved', turn: await ports.store.saveTurn(opened) };
}

/** The vendor has lost the thread; our own store is the truth, so a new one takes its place. */
export async function replaceThread(turn: Turn, ports: ReplyPorts): Promise<Turn> {
  const threadId = await openNew(turn, ports);
  ports.log.warn('The thread is gone at the vendor; opened a new one from our history.', {
    old_thread_id: turn.thread_id,
    thread_id: threadId,
  });
  await ports.store.rememberThread(turn, threadId);
  const { run: _run, last_item_id: _item, failed_runs: _failed, ...rest } = turn;
  return ports.store.saveTurn({ ...rest, state: 'thread', thread_id: threadId });
}

async function openNew(turn: Turn, ports: ReplyPorts): Promise<string> {
  const { assistant } = await ports.assistantFor(turn);
  const history = await ports.store.history(turn, seedMessages);
  return assistant.openThread(turn, history);
}
