import { asEngineError, type EngineError, retryLater } from '../../shared/errors.ts';
import { countVendorFailure, errorForLog } from '../../shared/log.ts';
import type { Invocation } from '../../shared/queue/consumer.ts';
import { backoffSeconds, isOutage, maxAttemptsFor, withEntry } from '../../shared/queue/outcome.ts';
import { limits } from '../limits.ts';
import type { ReadyMessage } from '../messages.ts';
import { draftReply } from './draft.ts';
import { type Draft, type Ending, idsOf, type StoredEmail } from './email.ts';
import type { AnswerOutcome, EmailPorts, RunTerms } from './ports.ts';
import { postingMs, postReply } from './post.ts';
import { mayDraft } from './ready.ts';
import { releaseAgain, releaseDependents } from './release-dependents.ts';

/**
 * Takes one email as far as it can go now: claims it, drafts the reply, posts it unless parents are not done, releases
 * the dependents and records the end. Steps that an earlier invocation has recorded are not repeated.
 */
export async function answerEmail(
  message: ReadyMessage,
  run: RunTerms,
  ports: EmailPorts,
  invocation: Invocation,
): Promise<AnswerOutcome> {
  if (message.failed_at !== undefined) await reopen(message, message.failed_at, ports);
  const now = ports.clock.now();
  const claim = await ports.store.claim(message, invocation.owner, leaseEnd(ports, invocation));
  switch (claim.kind) {
    case 'unknown':
      return { kind: 'dead', error: unknownEmail(message), ready: [] };
    case 'leased':
      return { kind: 'retry', afterSeconds: Math.ceil((claim.until - now) / 1000), ready: [] };
    case 'over':
      return { kind: 'done', ready: await releaseAgain(claim.email, run, ports.store) };
    case 'claimed':
      return answerClaimed(claim.email, run, ports, invocation);
    default:
      return claim satisfies never;
  }
}

const leaseEnd = ({ clock }: EmailPorts, { remainingMs }: Invocation): number =>
  clock.now() + Math.max(0, remainingMs());

/** An operator has sent back the dead letter of an email: it is counted and tried as if it had not failed. */
async function reopen(message: ReadyMessage, failedAt: number, ports: EmailPorts): Promise<void> {
  const email = await ports.store.reopen(message, failedAt);
  if (!email) return;
  ports.count(email, { failed: -1, [countedAs(email)]: 1 });
  ports.log.info('A failed email is answered after all.', idsOf(email));
}

const countedAs = ({ response }: StoredEmail) => (response === undefined ? 'waiting' : 'drafted');

async function answerClaimed(
  email: StoredEmail,
  run: RunTerms,
  ports: EmailPorts,
  invocation: Invocation,
): Promise<AnswerOutcome> {
  let latest = email;
  try {
    if (email.attempts > limits.maxAttempts) {
      const ended = email.attempts - 1;
      throw retryLater('crashed', `Email ${email.email_id} has ended ${ended} invocations.`);
    }
    if (ports.fault) throw ports.fault;
    if (!mayDraft(email, run.dependency_kind)) {
      await ports.store.giveBack(email, invocation.owner, 'waits');
      return { kind: 'done', ready: [] };
    }
    const draftingMs = invocation.remainingMs() - postingMs - ports.gapMs;
    const draft = await draftReply(email, run, ports, draftingMs);
    if (!(await claimSending(email, draft, ports, invocation))) return { kind: 'done', ready: [] };
    const sending = { ...email, ...draft };
    latest = sending;
    const ending = await postReply(sending, run, ports, invocation);
    // Before the end is recorded: a worker that dies in between leaves an email that is worked on again.
    const ready = await releaseDependents(email, run, ports.store);
    const isFirst = await ports.store.end(sending, invocation.owner, ending);
    if (isFirst) recordEnding(email, ending, run, ports);
    return { kind: 'done', ready };
  } catch (thrown) {
    return recordFailure(latest, asEngineError(thrown), run, ports, invocation);
  }
}

/** Records the draft. True if it may be sent now; else it is kept until the parents are done. */
async function claimSending(
  email: StoredEmail,
  draft: Draft,
  ports: EmailPorts,
  invocation: Invocation,
): Promise<boolean> {
  if (email.state === 'sending') return true;
  const { owner } = invocation;
  const isSending = !email.waiting_for && (await ports.store.draftAndSend(email, owner, draft));
  const kept = isSending || (await ports.store.saveDraft(email, owner, draft));
  if (email.state === 'waiting') ports.count(email, { waiting: -1, drafted: 1 });
  // The last parent may have been done while this was being drafted.
  if (kept === 'sendable') {
    return ports.store.claimSend(email, owner, leaseEnd(ports, invocation));
  }
  return isSending;
}

function recordEnding(
  email: StoredEmail,
  ending: Ending,
  run: RunTerms,
  { count, meter, log }: EmailPorts,
): void {
  if (ending.state === 'failed') {
    count(email, { drafted: -1, failed: 1 });
    meter.count('EmailsRefused');
    meter.count('MailboxFailed');
    log.warn('The mailbox refused a reply permanently.', {
      ...idsOf(email),
      error_code: 'mailbox_refused',
      reason: ending.reason,
    });
    return;
  }
  const late = ending.on_time ? 0 : 1;
  count(email, { drafted: -1, sent: 1, on_time: 1 - late, late });
  meter.count('EmailsSent');
  if (!late) return;
  meter.count('EmailsLate');
  log.warn('A reply was sent after its deadline.', {
    ...idsOf(email),
    late_by_seconds: (ending.sent_at - email.deadline_at) / 1000,
    dependency_kind: run.dependency_kind,
  });
}

/** Lets the email be tried again after a pause, or fails it permanently if it has been tried too often. */
async function recordFailure(
  email: StoredEmail,
  error: EngineError,
  run: RunTerms,
  ports: EmailPorts,
  { owner }: Invocation,
): Promise<AnswerOutcome> {
  const { store, clock, log } = ports;
  countVendorFailure(error, ports.meter);
  const attempts = isOutage(error) ? (email.outages ?? 0) + 1 : email.attempts;
  const details = { ...idsOf(email), error_code: error.code, attempts, error: errorForLog(error) };
  const withFailure = (what: 'failed' | 'dead'): StoredEmail => ({
    ...email,
    history: withEntry(email.history, { at: clock.now(), what, error_code: error.code }),
  });
  if (error.next === 'retry' && attempts < maxAttemptsFor(error, limits)) {
    log.warn('An email failed and will be tried again.', details);
    const pause = backoffSeconds(attempts, ports.random, { baseSeconds: 1, capSeconds: 60 });
    const afterSeconds = Math.max(pause, error.retryAfterSeconds ?? 0);
    const kind = isOutage(error) ? 'outage' : 'failed';
    await store.giveBack(withFailure('failed'), owner, kind, clock.now() + afterSeconds * 1000);
    return { kind: 'retry', afterSeconds, ready: [] };
  }
  log.error('An email failed permanently; it goes to the dead-letter queue.', details);
  const failed_at = clock.now();
  const ending: Ending = { state: 'failed', reason: `${error.code}: ${error.message}`, failed_at };
  const isFirst = await store.end(withFailure('dead'), owner, ending);
  if (isFirst) ports.count(email, { [countedAs(email)]: -1, failed: 1 });
  const ready = await releaseDependents(email, run, store);
  return { kind: 'dead', error, failedAt: failed_at, ready };
}

const unknownEmail = ({ run_id, email_id }: ReadyMessage) =>
  retryLater('email_unknown', `Run ${run_id} has no email ${email_id}.`);
