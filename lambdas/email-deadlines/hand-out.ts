import type { ReadyMessage } from './messages.ts';
import { isOver, type StoredEmail } from './work/email.ts';
import { aheadMs, type StoredRun } from './work/run.ts';

export interface HandOutPorts {
  enqueue(messages: ReadyMessage[]): Promise<void>;
  clock: { now(): number };
}

/**
 * Puts those emails of a run into the queue that may be worked on: all of a run of `order`, of one of `content`
 * those that wait for none. Says how many.
 */
export async function handOut(
  emails: StoredEmail[],
  run: StoredRun,
  { enqueue, clock }: HandOutPorts,
): Promise<number> {
  const now = clock.now();
  const ready = emails.filter(
    (email) =>
      !isOver(email) &&
      email.lease_until <= now &&
      (!email.waiting_for || (run.dependency_kind === 'order' && email.state === 'waiting')),
  );
  await enqueue(
    ready.map(({ tenant_id, run_id, email_id, deadlines, spare, release_at, state }) => ({
      tenant_id,
      run_id,
      email_id,
      deadlines,
      spare,
      ...(release_at !== undefined && { release_at }),
      ...(state !== 'waiting' && { drafted: true }),
    })),
  );
  return ready.length;
}

/**
 * Hands out those of a run's emails that are due within the next hour, and says up to when that is. The others do
 * not wait in the queue, which forgets after four days and holds 120,000 at most: the run's watch hands them out.
 */
export async function handOutUntilAhead(
  emails: StoredEmail[],
  run: StoredRun,
  ports: HandOutPorts,
): Promise<{ ahead_until?: number }> {
  const ahead_until = ports.clock.now() + aheadMs;
  await handOut(
    emails.filter(({ release_at = 0 }) => release_at <= ahead_until),
    run,
    ports,
  );
  return run.send === 'just_in_time' ? { ahead_until } : {};
}
