import type { Clock } from '../../lambdas/shared/clock.ts';
import type {
  AssistantPort,
  ModelRunStatus,
  PastMessage,
  ThreadFailure,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import type { Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';

/** How a run ends, and how long that takes; 3 s by default. */
export type Outcome = (
  | { kind: 'answered'; text: string; inputTokens?: number }
  | { kind: 'unanswered'; reason: string }
  | { kind: 'too_long' }
  | { kind: 'failed'; reason: string; next: 'retry' | 'alert' }
) & { takesMs?: number };

export interface FakeRun {
  runId: string;
  threadId: string;
  turnId: string;
  texts: string[];
  imageCount: number;
  startedAt: number;
  outcome: Outcome;
  cancelled: boolean;
}

export interface ScriptedAssistant extends AssistantPort {
  readonly runs: FakeRun[];
  readonly threads: { id: string; history: PastMessage[] }[];
  /** The threads that it was told to delete. */
  readonly closed: string[];
  /** When each look at a run happened, in the clock's milliseconds. */
  readonly looks: number[];
  /** The vendor forgets a thread. */
  lose(threadId: string): void;
}

const defaultRunMs = 3_000;

/**
 * A vendor that keeps threads. As `threads` it finds a run by the turn's id whatever its state; as
 * `responses` it finds an answer only once it is in the thread, and does not give the run's id.
 */
export function scriptedAssistant(
  clock: Pick<Clock, 'now'>,
  outcomeOf: (run: { n: number; texts: string[] }) => Outcome = echo,
  name: AssistantPort['name'] = 'threads',
): ScriptedAssistant {
  const runs: FakeRun[] = [];
  const threads: ScriptedAssistant['threads'] = [];
  const looks: number[] = [];
  const closed: string[] = [];
  const lost = new Set<string>();

  const isWorking = (run: FakeRun) =>
    !run.cancelled && clock.now() < run.startedAt + (run.outcome.takesMs ?? defaultRunMs);
  const viewOf = (run: FakeRun): ModelRunStatus => {
    const { runId, outcome } = run;
    if (run.cancelled) return { kind: 'failed', runId, reason: 'cancelled', next: 'retry' };
    if (isWorking(run)) return { kind: 'working', runId };
    const { takesMs: _takes, ...ended } = outcome;
    return { ...ended, runId };
  };
  const runOf = (turn: Turn, threadId: string): FakeRun | undefined =>
    runs.findLast(
      (run) =>
        run.turnId === turn.turn_id &&
        run.threadId === threadId &&
        !['failed', 'too_long'].includes(viewOf(run).kind) &&
        (name === 'threads' || !isWorking(run)),
    );
  const look = (runId: string): ModelRunStatus => {
    const run = runs.find((one) => one.runId === runId);
    if (run) return viewOf(run);
    return { kind: 'failed', runId, reason: 'unknown to the vendor', next: 'retry' };
  };

  return {
    name,
    runs,
    threads,
    closed,
    looks,
    isThread: () => true,
    startMs: () => 0,
    lose: (threadId) => void lost.add(threadId),

    async openThread(_turn, history) {
      const id = `thread-${threads.length + 1}`;
      threads.push({ id, history });
      return id;
    },

    async closeThread(threadId) {
      closed.push(threadId);
      lost.add(threadId);
    },

    async startRun(threadId, turn, { input }): Promise<ModelRunStatus | ThreadFailure> {
      if (lost.has(threadId)) return { kind: 'thread_gone' };
      if (runs.some((run) => run.threadId === threadId && isWorking(run))) return { kind: 'busy' };
      const texts = input.map(({ text }) => text);
      const run: FakeRun = {
        runId: `run-${runs.length + 1}`,
        threadId,
        turnId: turn.turn_id,
        texts,
        imageCount: input.reduce((sum, { images }) => sum + images.length, 0),
        startedAt: clock.now(),
        outcome: outcomeOf({ n: runs.length + 1, texts }),
        cancelled: false,
      };
      runs.push(run);
      return viewOf(run);
    },

    async findRun(threadId, turn) {
      if (lost.has(threadId)) return { kind: 'thread_gone' };
      const run = runOf(turn, threadId);
      if (!run) return undefined;
      return name === 'threads' ? viewOf(run) : { ...viewOf(run), runId: `found:${run.runId}` };
    },

    async checkRun(_threadId, runId) {
      looks.push(clock.now());
      return look(runId);
    },

    async cancelRun(_threadId, runId) {
      const run = runs.find((one) => one.runId === runId);
      if (run && isWorking(run)) run.cancelled = true;
      return look(runId);
    },
  };
}

/** An answer that names its run, so that a test sees whose it is. */
const echo = ({ n, texts }: { n: number; texts: string[] }): Outcome => ({
  kind: 'answered',
  text: `Answer ${n} to: ${texts.join(' ')}`,
});
