import { alertPerson, retryLater } from '../../../shared/errors.ts';
import type { ReplyPorts } from '../answer-turn.ts';
import type { ModelRunStatus } from '../ports.ts';
import { readableInputs, type Turn, userText } from '../turn.ts';
import { closeThread, replaceThread } from './open-thread.ts';

/** Words that any model takes beside its instructions; pictures may be too much for a small one. */
const shortChars = 4_000;

/**
 * Has the turn tried again in a thread that begins with our latest messages, then in an empty one. What is
 * too long even alone is unanswered, as new runs cannot help; where the customer wrote little, it is the
 * instructions that are too long, which a person must see.
 */
export async function shorten(
  turn: Turn,
  runId: string,
  ports: ReplyPorts,
): Promise<Extract<ModelRunStatus, { kind: 'unanswered' }>> {
  const overflows = (turn.overflows ?? 0) + 1;
  if (overflows <= 2) {
    await replaceThread({ ...turn, overflows }, 'too long for the model', ports);
    await closeThread(turn, turn.thread_id, ports);
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
