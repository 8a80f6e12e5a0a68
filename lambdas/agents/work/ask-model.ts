import { asEngineError, type EngineError, retryLater } from '../../shared/errors.ts';
import { limits } from '../limits.ts';
import { boundedAnswer } from './bounded-answer.ts';
import type { EventWriter } from './event-writer.ts';
import type { Agent, ModelStep, Question } from './ports.ts';
import type { Watch } from './watch-turn.ts';

/** Why the model is not read any further. */
export type Asked =
  | { kind: 'answered'; text: string }
  | { kind: 'unanswered'; reason: string }
  /** The model, not we, has failed. */
  | { kind: 'failed'; error: EngineError }
  | { kind: 'stopped' }
  | { kind: 'withheld' }
  | { kind: 'late' }
  | { kind: 'out_of_time' };

const tickMs = limits.writeMs;

/**
 * Asks the model, or reads on what it was asked before, and shows its answer while it comes, until it ends or the watch
 * says otherwise. What the model throws is its failure; what our own stores throw is thrown.
 */
export async function askModel(
  { model }: Agent,
  question: Question,
  runId: string | undefined,
  writer: EventWriter,
  watch: Watch,
): Promise<Asked> {
  const ended = new AbortController();
  const steps = model.answer(question, runId, ended.signal)[Symbol.asyncIterator]();
  let run = runId ?? '';
  let next = nextOf(steps);
  let pause = watch.pause(tickMs);
  try {
    for (;;) {
      const step = await Promise.race([next, pause]);
      if (!step) pause = watch.pause(tickMs);
      const seen = await watch.look();
      if (seen !== 'go' && step?.kind !== 'answered') return { kind: seen };
      await writer.tick();
      if (!step) continue;
      switch (step.kind) {
        case 'began':
          run = step.runId || `unnamed-${watch.owner}-${watch.turn.failures}`;
          if (step.resumable) await watch.save({ run_id: run });
          break;
        case 'text':
          await writer.show(boundedAnswer(step.text), run);
          break;
        case 'over':
          return {
            kind: 'failed',
            error: retryLater('openai_unreadable', 'The model’s answer has no end.'),
          };
        default:
          return step;
      }
      next = nextOf(steps);
    }
  } finally {
    ended.abort();
    // The connection closes by itself: nobody waits for it.
    next.catch(() => undefined);
  }
}

type Next = ModelStep | { kind: 'failed'; error: EngineError } | { kind: 'over' };

async function nextOf(steps: AsyncIterator<ModelStep>): Promise<Next> {
  try {
    const { value, done } = await steps.next();
    return done ? { kind: 'over' } : value;
  } catch (error) {
    return { kind: 'failed', error: asEngineError(error) };
  }
}
