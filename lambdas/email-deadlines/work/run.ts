import type { Counts, EmailRunStatus, onInvalid } from '../routes.ts';
import type { DependencyKind } from './deadlines.ts';
import type { RunKey, StoredEmail } from './email.ts';

/** Why a run as a whole failed. */
export type RunProblem = NonNullable<EmailRunStatus['problem']>;

/** A run as it is stored, its counts included. */
export interface StoredRun extends Counts {
  tenant_id: string;
  run_id: string;
  state: EmailRunStatus['state'];
  test_mode: boolean;
  dependency_kind: DependencyKind;
  send: 'asap' | 'just_in_time';
  concurrency_limit: number;
  /** Whether its emails came with the request; else they are fetched from the mailbox. */
  has_emails: boolean;
  /** What happens to emails of the request that cannot be read. */
  on_invalid?: (typeof onInvalid)[number];
  cannot_be_met: EmailRunStatus['cannot_be_met'];
  at_risk: number;
  problem: RunProblem | null;
  created_at: string;
  created_by: string;
  /** Who loads and writes its emails, and until when nobody else may. */
  start_owner?: string;
  start_until?: number;
  /** When its emails were there. */
  begun_at?: string;
  completed_at: string | null;
}

export const noCounts: Counts = {
  fetched: 0,
  waiting: 0,
  drafted: 0,
  sent: 0,
  on_time: 0,
  late: 0,
  failed: 0,
  retries: 0,
};

/** How many emails are over. */
export const doneOf = ({ sent, failed }: Pick<Counts, 'sent' | 'failed'>): number => sent + failed;

/** What can be counted of a run by its emails alone. */
export type EmailCounts = Omit<Counts, 'retries'>;

export function countsOf(emails: readonly Pick<StoredEmail, 'state' | 'on_time'>[]): EmailCounts {
  const inState = (...states: StoredEmail['state'][]) =>
    emails.filter(({ state }) => states.includes(state)).length;
  const onTime = emails.filter(({ on_time }) => on_time).length;
  return {
    fetched: emails.length,
    waiting: inState('waiting'),
    drafted: inState('drafted', 'sending'),
    sent: inState('sent'),
    on_time: onTime,
    late: inState('sent') - onTime,
    failed: inState('failed'),
  };
}

/** Grows with each draft and each end. */
export const progressOf = (run: StoredRun): number => 2 * doneOf(run) + run.drafted;

export const runKeyOf = ({ tenant_id, run_id }: RunKey) => ({ tenant_id, run_id });

/** An email that is sent just in time is enqueued at most this long before its time, in milliseconds. */
export const enqueueAheadMs = 3_600_000;
