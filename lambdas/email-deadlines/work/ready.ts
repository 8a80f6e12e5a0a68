import type { ReadyMessage } from '../messages.ts';
import type { DependencyKind } from './deadlines.ts';
import { isOver, type StoredEmail } from './email.ts';
import { enqueueAheadMs, type StoredRun } from './run.ts';

type Dependent = Pick<StoredEmail, 'state' | 'waiting_for'>;

/** Whether a reply may be drafted: with `order` at any time, with `content` once the parents' replies are known. */
export const mayDraft = ({ waiting_for }: Dependent, kind: DependencyKind): boolean =>
  kind === 'order' || waiting_for === undefined;

/** Whether a worker can do something for the email now: draft its reply, or send the draft. */
export const isReady = (email: Dependent, kind: DependencyKind): boolean =>
  email.state === 'waiting'
    ? mayDraft(email, kind)
    : !isOver(email) && email.waiting_for === undefined;

/** Whether the email has become ready because its last parent is done. */
export const becameReady = (email: Dependent, kind: DependencyKind): boolean =>
  isReady(email, kind) && !isReady({ ...email, waiting_for: new Set(['a parent']) }, kind);

/** The queue message of an email that is ready. */
export const readyMessageOf = (email: StoredEmail): ReadyMessage => ({
  tenant_id: email.tenant_id,
  run_id: email.run_id,
  email_id: email.email_id,
  deadlines: email.deadlines,
  spare: email.spare,
  ...(email.release_at !== undefined && { release_at: email.release_at }),
  ...(email.state !== 'waiting' && { drafted: true }),
});

export interface EnqueuePorts {
  enqueue(messages: ReadyMessage[]): Promise<void>;
  clock: { now(): number };
}

/** Puts those of a run's emails into the queue that are ready and in no worker's hands; returns how many. */
export async function enqueueReady(
  emails: StoredEmail[],
  { dependency_kind }: Pick<StoredRun, 'dependency_kind'>,
  { enqueue, clock }: EnqueuePorts,
): Promise<number> {
  const now = clock.now();
  const ready = emails.filter(
    (email) => isReady(email, dependency_kind) && email.lease_until <= now,
  );
  await enqueue(ready.map(readyMessageOf));
  return ready.length;
}

/**
 * Enqueues the ready emails that are due within the next hour, and returns until when that is. Later ones do not wait
 * in the queue, which forgets after four days and holds at most 120,000: the run's watch enqueues them.
 */
export async function enqueueDueSoon(
  emails: StoredEmail[],
  run: StoredRun,
  ports: EnqueuePorts,
): Promise<{ ahead_until?: number }> {
  const enqueuedUntil = ports.clock.now() + enqueueAheadMs;
  const dueSoon = emails.filter(({ release_at = 0 }) => release_at <= enqueuedUntil);
  await enqueueReady(dueSoon, run, ports);
  return run.send === 'just_in_time' ? { ahead_until: enqueuedUntil } : {};
}
