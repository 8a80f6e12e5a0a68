import type { RunMessage } from '../messages.ts';
import { isOver, type StoredEmail } from './email.ts';
import { enqueueReady } from './ready.ts';
import { countsOf, doneOf, enqueueAheadMs, progressOf, runKeyOf, type StoredRun } from './run.ts';
import type { StartPorts } from './run-ports.ts';

/**
 * Watches a run until it ends. A run that makes progress is left alone. A stalled run is counted again
 * from its emails and completed if all are over; else its ready emails are enqueued again. Emails that are sent just
 * in time are enqueued in the hour before their time.
 */
export async function watchRun(
  run: StoredRun,
  message: RunMessage,
  ports: StartPorts,
): Promise<void> {
  if (run.state !== 'running') return;
  const isSuspended = await ports.isSuspended(run);
  // After a resume it waits once more: by the next check all workers know of it.
  if (isSuspended || message.suspended) return rest(run, message, isSuspended, ports);
  const { ahead_until: enqueuedUntil = 0, rests_until: quietUntil = 0 } = message;
  const now = ports.clock.now();
  const next: RunMessage = { ...message, progress: progressOf(run) };
  const standsStill = next.progress === message.progress;
  if (!standsStill) {
    delete next.rests_until;
    delete next.stood;
  }
  const isStalled = standsStill && now >= quietUntil;
  const isNextHourDue = run.send === 'just_in_time' && now + enqueueAheadMs / 2 >= enqueuedUntil;
  if (isStalled || isNextHourDue) {
    const emails = await ports.runs.allEmails(run);
    const counts = countsOf(emails);
    if (doneOf(counts) === emails.length) {
      await ports.runs.complete(run, { ...counts, retries: run.retries });
      return;
    }
    if (standsStill) await ports.runs.recount(run, counts, run);
    const open = emails.filter((email) => !isOver(email));
    if (isStalled) Object.assign(next, await enqueueStalled(open, run, message, ports));
    if (isNextHourDue) Object.assign(next, await enqueueNextHour(open, run, enqueuedUntil, ports));
    const firstDue = Math.min(...open.map(({ release_at = 0 }) => release_at));
    if (firstDue > now) next.rests_until = firstDue;
  }
  await ports.watchLater(next);
}

/** While its company is suspended nothing is enqueued, and workers drop what was enqueued before. */
async function rest(
  run: StoredRun,
  message: RunMessage,
  suspended: boolean,
  { log, watchLater }: StartPorts,
): Promise<void> {
  const ids = runKeyOf(run);
  if (suspended !== (message.suspended ?? false)) {
    log.info(suspended ? 'A run pauses: its company is suspended.' : 'A run continues.', ids);
  }
  const progress = progressOf(run);
  await watchLater({ kind: 'watch', ...ids, progress, ...(suspended && { suspended }) });
}

/** Emails that are not due yet are not stalled. */
async function enqueueStalled(
  open: StoredEmail[],
  run: StoredRun,
  { stood: stallCount = 0 }: RunMessage,
  ports: StartPorts,
): Promise<Partial<RunMessage>> {
  const now = ports.clock.now();
  const due = open.filter(({ release_at = 0 }) => release_at <= now);
  if (due.length === 0) return {};
  const emails = await enqueueReady(due, run, ports);
  ports.log.warn('A run was stalled; its ready emails are enqueued again.', {
    ...runKeyOf(run),
    emails,
  });
  return emails > 0 ? { stood: stallCount + 1, rests_until: now + quietMs(stallCount) } : {};
}

/** Each time adds as many messages; if the first times do not help, more frequent ones would not either. */
const quietMs = (stallCount: number): number => Math.min(enqueueAheadMs, 30_000 * 2 ** stallCount);

async function enqueueNextHour(
  open: StoredEmail[],
  run: StoredRun,
  enqueuedUntil: number,
  ports: StartPorts,
): Promise<Partial<RunMessage>> {
  const now = ports.clock.now();
  const until = now + enqueueAheadMs;
  const next = open.filter(
    ({ release_at = 0 }) => release_at > Math.max(now, enqueuedUntil) && release_at <= until,
  );
  await enqueueReady(next, run, ports);
  return { ahead_until: until };
}
