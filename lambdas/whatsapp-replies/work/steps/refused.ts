import type { ReplyPorts } from '../answer-turn.ts';
import { noThread } from '../ports.ts';
import type { Turn } from '../turn.ts';
import { closeThread } from './open-thread.ts';

/**
 * The turn as it is tried after a refusal, each time with less that may be the reason: as it was, in a new thread
 * with our history, without its pictures, and in a thread that holds its words alone. Undefined after that.
 */
export function withLess(turn: Turn): Turn | undefined {
  const refusals = (turn.refusals ?? 0) + 1;
  if (refusals === 1) return { ...turn, refusals };
  const anew = { ...withoutThread(turn), refusals };
  if (refusals === 2) return anew;
  if (turn.inputs.some(({ images }) => images.length > 0)) return withoutPictures(anew);
  return turn.without_history ? undefined : { ...anew, without_history: true };
}

/** The pictures become a note that they could not be read. */
const withoutPictures = (turn: Turn): Turn => ({
  ...turn,
  inputs: turn.inputs.map((input) =>
    input.images.length === 0
      ? input
      : {
          ...input,
          images: [],
          unreadable: [...new Set([...input.unreadable, 'pictures of this kind'])],
        },
  ),
});

/** The turn goes on with the opening of a thread. */
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

/** Saves the turn without the thread that it was in; nothing of the conversation goes on there. */
export async function leaveThread(turn: Turn, left: Turn, ports: ReplyPorts): Promise<Turn> {
  await ports.store.rememberThread(turn, noThread);
  const saved = await ports.store.saveTurn(left);
  ports.log.warn('The conversation leaves its thread; a new one goes on from our history.', {
    old_thread_id: turn.thread_id,
    refusals: left.refusals,
  });
  await closeThread(turn, turn.thread_id, ports);
  return saved;
}
