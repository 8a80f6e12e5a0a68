import { backoffSeconds } from '../../shared/backoff.ts';
import { asEngineError, retryLater } from '../../shared/errors.ts';
import { withEntry } from '../../shared/history.ts';
import { errorForLog } from '../../shared/log.ts';
import { isOutage, maxAttemptsFor } from '../../shared/queue/retry-limits.ts';
import { countVendorFailure } from '../../shared/vendor-failures.ts';
import { limits } from '../limits.ts';
import type { ReadyMessage } from '../messages.ts';
import { draftReply } from './draft.ts';
import { isOver, type StoredEmail } from './email.ts';
import type { EmailPorts, RunTerms, WorkResult } from './ports.ts';
import { postingMs, postReply } from './post.ts';

/** The invocation's own time, and its name as an owner of leases. */
export interface Invocation {
  owner: string;
  remainingMs(): number;
}

/**
 * Takes one email as far as it can go now: drafts it, and sends it unless parents are not done. Whatever
 * was recorded by an earlier invocation is not done again; its dependents are told in any case.
 */
export async function answerEmail(
  message: ReadyMessage,
  run: RunTerms,
  ports: EmailPorts,
  invocation: Invocation,
): Promise<WorkResult> {
  if (message.failed_at !== undefined) await reopen(message, message.failed_at, ports);
  const now = ports.clock.now();
  const until = now + Math.max(0, invocation.remainingMs());
  const claim = await ports.store.claim(message, invocation.owner, until);
  switch (claim.kind) {
    case 'unknown':
      return { kind: 'dead', error: unknownEmail(message), ready: [] };
    case 'leased':
      return { kind: 'later', afterSeconds: Math.ceil((claim.until - now) / 1000), ready: [] };
    case 'over':
      return { kind: 'done', ready: await tellAgain(claim.email, run, ports) };
    case 'claimed':
      return work(claim.email, run, ports, invocation);
    default:
      return claim satisfies never;
  }
}

/** An operator sent the dead letter of an email back: it is counted, and tried, as if it had not failed. */
async function reopen(message: ReadyMessage, failedAt: number, ports: EmailPorts): Promise<void> {
  const email = await ports.store.reopen(message, failedAt);
  if (!email) return;
  ports.count(email, { failed: -1, [countedAs(email)]: 1 });
  ports.log.info('An email that had failed is taken back to work.', idsOf(email));
}

const countedAs = ({ response }: StoredEmail) => (response === undefined ? 'waiting' : 'drafted');

async function work(
  email: StoredEmail,
  run: RunTerms,
  ports: EmailPorts,
  invocation: Invocation,
): Promise<WorkResult> {
  let latest = email;
  try {
    if (email.attempts > limits.maxAttempts) {
      const ended = email.attempts - 1;
      throw retryLater('crashed', `Email ${email.email_id} has ended ${ended} invocations.`);
    }
    if (ports.fault) throw ports.fault;
    if (email.waiting_for && run.dependency_kind === 'content') {
      await ports.store.giveBack(email, invocation.owner, 'waits');
      return { kind: 'done', ready: [] };
    }
    const draftingMs = invocation.remainingMs() - postingMs - ports.gapMs;
    const drafted = await draftReply(email, run, ports, draftingMs);
    if (!(await toSending(email, drafted, ports, invocation))) return { kind: 'done', ready: [] };
    const sending = { ...email, ...drafted };
    latest = sending;
    const ending = await postReply(sending, run, ports, invocation);
    const ready = await tellDependents(email, run, ports);
    const ended = await ports.store.end(sending, invocation.owner, ending);
    if (ended) note(email, ending, run, ports);
    return { kind: 'done', ready };
  } catch (thrown) {
    return failed(latest, thrown, run, ports, invocation);
  }
}

/** Whether the email may be sent now; a draft whose parents are not done is kept until they are. */
async function toSending(
  email: StoredEmail,
  drafted: { response: string; answered_by: NonNullable<StoredEmail['answered_by']> },
  ports: EmailPorts,
  { owner, remainingMs }: Invocation,
): Promise<boolean> {
  if (email.state === 'sending') return true;
  if (!email.waiting_for && (await ports.store.draftAndSend(email, owner, drafted))) {
    if (email.state === 'waiting') ports.count(email, { waiting: -1, drafted: 1 });
    return true;
  }
  const kept = await ports.store.saveDraft(email, owner, drafted);
  if (email.state === 'waiting') ports.count(email, { waiting: -1, drafted: 1 });
  // The last parent may have been done while this was being drafted.
  if (kept === 'waits') return false;
  return ports.store.claimSend(email, owner, ports.clock.now() + Math.max(0, remainingMs()));
}

/** Tells those that wait for this email that it is done; gives those that may be worked on now. */
async function tellDependents(
  email: StoredEmail,
  run: RunTerms,
  ports: EmailPorts,
): Promise<ReadyMessage[]> {
  const told = await dependentsTold(email, ports);
  return told.filter((one) => isReady(one, run)).map(messageOf);
}

async function dependentsTold(email: StoredEmail, ports: EmailPorts): Promise<StoredEmail[]> {
  if (!email.has_dependents) return [];
  const told: (StoredEmail | undefined)[] = [];
  for await (const ids of ports.store.dependentsOf(email)) {
    const batch = ids.map((email_id) =>
      ports.store.parentDone({ ...email, email_id }, email.email_id),
    );
    told.push(...(await Promise.all(batch)));
  }
  return told.filter((one) => one !== undefined);
}

/**
 * The worker that ended this email may have died before it told the dependents; and of those that it
 * took in hand itself, and ended, before it told theirs.
 */
async function tellAgain(
  email: StoredEmail,
  run: RunTerms,
  ports: EmailPorts,
): Promise<ReadyMessage[]> {
  const ready = new Map<string, ReadyMessage>();
  const seen = new Set([email.email_id]);
  for (let over = [email]; over.length > 0; ) {
    const next: StoredEmail[] = [];
    for (const one of over) {
      for (const dependent of await dependentsTold(one, ports)) {
        if (isReady(dependent, run)) ready.set(dependent.email_id, messageOf(dependent));
        if (!isOver(dependent) || seen.has(dependent.email_id)) continue;
        seen.add(dependent.email_id);
        next.push(dependent);
      }
    }
    over = next;
  }
  return [...ready.values()];
}

/** In a run of `order` drafts are under way already: only what has one waits for its turn to be sent. */
const isReady = (email: StoredEmail, { dependency_kind }: RunTerms): boolean =>
  !isOver(email) &&
  email.waiting_for === undefined &&
  (email.state !== 'waiting' || dependency_kind === 'content');

const messageOf = (email: StoredEmail): ReadyMessage => ({
  tenant_id: email.tenant_id,
  run_id: email.run_id,
  email_id: email.email_id,
  deadlines: email.deadlines,
  spare: email.spare,
  ...(email.release_at !== undefined && { release_at: email.release_at }),
  ...(email.state !== 'waiting' && { drafted: true }),
});

function note(
  email: StoredEmail,
  ending: Awaited<ReturnType<typeof postReply>>,
  run: RunTerms,
  ports: EmailPorts,
): void {
  if (ending.state === 'failed') {
    ports.count(email, { drafted: -1, failed: 1 });
    ports.meter.count('EmailsRefused');
    ports.meter.count('MailboxFailed');
    ports.log.warn('The mailbox refused a reply for good.', {
      ...idsOf(email),
      error_code: 'mailbox_refused',
      reason: ending.reason,
    });
    return;
  }
  const late = ending.on_time ? 0 : 1;
  ports.count(email, { drafted: -1, sent: 1, on_time: 1 - late, late });
  ports.meter.count('EmailsSent');
  if (!late) return;
  ports.meter.count('EmailsLate');
  ports.log.warn('A reply was sent after its deadline.', {
    ...idsOf(email),
    late_by_seconds: (ending.sent_at - email.deadline_at) / 1000,
    dependency_kind: run.dependency_kind,
  });
}

async function failed(
  email: StoredEmail,
  thrown: unknown,
  run: RunTerms,
  ports: EmailPorts,
  { owner }: Invocation,
): Promise<WorkResult> {
  const error = asEngineError(thrown);
  countVendorFailure(error, ports.meter);
  const tries = isOutage(error) ? (email.outages ?? 0) + 1 : email.attempts;
  const details = {
    ...idsOf(email),
    error_code: error.code,
    attempts: tries,
    error: errorForLog(error),
  };
  if (error.next === 'retry' && tries < maxAttemptsFor(error, limits)) {
    ports.log.warn('An email failed and will be tried again.', details);
    const pause = backoffSeconds(tries, ports.random, { baseSeconds: 1, capSeconds: 60 });
    const afterSeconds = Math.max(pause, error.retryAfterSeconds ?? 0);
    const kind = isOutage(error) ? 'outage' : 'failed';
    const tried = noted(email, 'failed', error.code, ports);
    await ports.store.giveBack(tried, owner, kind, ports.clock.now() + afterSeconds * 1000);
    return { kind: 'later', afterSeconds, ready: [] };
  }
  ports.log.error('An email failed for good; it goes to the dead-letter queue.', details);
  const reason = `${error.code}: ${error.message}`;
  const failedAt = ports.clock.now();
  const ending = { state: 'failed' as const, reason, failed_at: failedAt };
  const dead = noted(email, 'dead', error.code, ports);
  const ended = await ports.store.end(dead, owner, ending);
  if (ended) ports.count(email, { [countedAs(email)]: -1, failed: 1 });
  return { kind: 'dead', error, failedAt, ready: await tellDependents(email, run, ports) };
}

const noted = (
  email: StoredEmail,
  what: 'failed' | 'dead',
  error_code: string,
  { clock }: EmailPorts,
): StoredEmail => ({
  ...email,
  history: withEntry(email.history, { at: clock.now(), what, error_code }),
});

const idsOf = ({ tenant_id, run_id, email_id }: StoredEmail) => ({ tenant_id, run_id, email_id });

const unknownEmail = ({ run_id, email_id }: ReadyMessage) =>
  retryLater('email_unknown', `Run ${run_id} has no email ${email_id}.`);
