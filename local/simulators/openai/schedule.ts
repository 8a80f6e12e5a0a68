/**
 * When a response or a run starts and ends. Its state is computed from these times whenever it is
 * read, so nothing waits in memory, and a restarted simulator continues by the clock.
 */
export interface Schedule {
  created_ms: number;
  started_ms: number;
  /** Null where it never ends by itself. */
  finish_ms: number | null;
  cancelled_ms?: number;
}

export type Phase = 'queued' | 'in_progress' | 'finished' | 'cancelled';

const maxQueuedMs = 200;

export function schedule(nowMs: number, takesMs: number | null): Schedule {
  const queuedMs = Math.min(maxQueuedMs, (takesMs ?? maxQueuedMs) / 10);
  return {
    created_ms: nowMs,
    started_ms: nowMs + queuedMs,
    finish_ms: takesMs === null ? null : nowMs + takesMs,
  };
}

export function phaseAt(times: Schedule, nowMs: number): Phase {
  if (times.cancelled_ms !== undefined) return 'cancelled';
  if (times.finish_ms !== null && nowMs >= times.finish_ms) return 'finished';
  return nowMs >= times.started_ms ? 'in_progress' : 'queued';
}

/** Unix seconds, as OpenAI writes points in time. */
export const seconds = (ms: number) => Math.floor(ms / 1000);

const z90 = 1.2815515655446004;

/** Durations with the given median and 90th percentile; normal numbers by Box and Muller's method. */
export function lognormalMs(medianMs: number, p90Ms: number): (random: () => number) => number {
  const sigma = Math.log(p90Ms / medianMs) / z90;
  return (random) => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return medianMs * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random()));
  };
}
