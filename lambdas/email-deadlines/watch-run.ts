import { handOut } from './hand-out.ts';
import type { RunMessage } from './messages.ts';
import type { StartPorts } from './start-run.ts';
import { isOver, type StoredEmail } from './work/email.ts';
import { aheadMs, countsOf, doneOf, progressOf, runKeyOf, type StoredRun } from './work/run.ts';

/**
 * Looks after a run: as long as it moves, it is let alone. One that stands still is counted anew from its emails,
 * closed if all are over, and else those that may be worked on are enqueued once more. Those that are to be sent
 * just in time are enqueued when their hour has come.
 */
export async function watchRun(
  run: StoredRun,
  message: RunMessage,
  ports: StartPorts,
): Promise<void> {
  if (run.state !== 'running') return;
  const isSuspended = await ports.isSuspended(run);
  // That it is resumed is known everywhere by the next look.
  if (isSuspended || message.suspended) return rest(run, message, isSuspended, ports);
  const now = ports.clock.now();
  const { ahead_until = 0, rests_until = 0 } = message;
  const stands = progressOf(run) === message.progress;
  const isDue = stands && now >= rests_until;
  const nears = run.send === 'just_in_time' && now + aheadMs / 2 >= ahead_until;
  const next: RunMessage = { ...message, progress: progressOf(run) };
  if (!stands) {
    delete next.rests_until;
    delete next.stood;
  }
  if (isDue || nears) {
    const emails = await ports.runs.allEmails(run);
    const counts = countsOf(emails);
    if (doneOf(counts) === emails.length) {
      await ports.runs.complete(run, { ...counts, retries: run.retries });
      return;
    }
    if (stands) await ports.runs.recount(run, counts, run);
    Object.assign(next, await enqueueDue(emails, run, { isDue, nears, message }, ports));
  }
  await ports.watchLater(next);
}

/** Nothing is handed out, and what was handed out before has been let go. */
async function rest(
  run: StoredRun,
  message: RunMessage,
  suspended: boolean,
  { log, watchLater }: StartPorts,
): Promise<void> {
  const ids = runKeyOf(run);
  if (suspended !== (message.suspended ?? false)) {
    log.info(suspended ? 'A run rests: its company is suspended.' : 'A run goes on.', ids);
  }
  const progress = progressOf(run);
  await watchLater({ kind: 'watch', ...ids, progress, ...(suspended && { suspended }) });
}

/** What the next watch is to know of it. */
async function enqueueDue(
  emails: StoredEmail[],
  run: StoredRun,
  { isDue, nears, message }: { isDue: boolean; nears: boolean; message: RunMessage },
  ports: StartPorts,
): Promise<Pick<RunMessage, 'ahead_until' | 'rests_until' | 'stood'>> {
  const { ahead_until = 0, stood = 0 } = message;
  const now = ports.clock.now();
  const open = emails.filter((email) => !isOver(email));
  // What is not due yet stands still rightly.
  const due = open.filter(({ release_at = 0 }) => release_at <= now);
  let again = 0;
  if (isDue && due.length > 0) {
    again = await handOut(due, run, ports);
    ports.log.warn('A run stood still; what may be worked on is enqueued again.', {
      ...runKeyOf(run),
      emails: again,
    });
  }
  const until = now + aheadMs;
  const near = ({ release_at = 0 }: StoredEmail) =>
    release_at > Math.max(now, ahead_until) && release_at <= until;
  if (nears) await handOut(open.filter(near), run, ports);
  const soonest = open.reduce((least, { release_at = 0 }) => Math.min(least, release_at), Infinity);
  return {
    ...(nears && { ahead_until: until }),
    ...(again > 0 && { stood: stood + 1, rests_until: now + restMs(stood) }),
    ...(soonest > now && Number.isFinite(soonest) && { rests_until: soonest }),
  };
}

/** Each time that a run is enqueued again there are as many messages more; where that does not help, more often would not. */
const restMs = (stood: number): number => Math.min(aheadMs, 30_000 * 2 ** stood);
