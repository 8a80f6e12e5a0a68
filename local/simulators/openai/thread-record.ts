import { notFound } from './errors.ts';
import type { World } from './model.ts';
import { isRunOver, type RunRecord, runStatusOf } from './run-record.ts';
import { addAnswer } from './thread-messages.ts';

/** A thread as it is stored; `active` is the run that works on it. */
export interface ThreadRecord {
  id: string;
  created_ms: number;
  metadata: Record<string, string>;
  active: string | null;
}

/** The thread with the answers of all runs that are over; 404 without one. */
export function openThread(world: World, id: string): ThreadRecord {
  const thread = world.documents.get<ThreadRecord>('threads', id);
  if (!thread) throw notFound(`No thread found with id '${id}'.`);
  return settle(world, thread);
}

export function keepThread(world: World, thread: ThreadRecord): void {
  world.documents.put('threads', thread.id, thread);
}

/** Adds the answer of the active run to the thread once the run is over; until then the thread is locked. */
function settle(world: World, thread: ThreadRecord): ThreadRecord {
  if (thread.active === null) return thread;
  const run = world.documents.get<RunRecord>('runs', thread.active);
  const status = run && runStatusOf(run, world.now());
  if (status && !isRunOver(status)) return thread;
  if (run && (status === 'completed' || status === 'incomplete')) addAnswer(world, run);
  const free = { ...thread, active: null };
  keepThread(world, free);
  return free;
}
