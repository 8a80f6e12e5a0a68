import type { HistoryEntry } from '../../shared/queue/outcome.ts';
import type { AnswerTier } from './fallback-chain.ts';

/** `waiting`: not drafted yet. `sending`: a post may have been made. `sent` and `failed` are ends. */
export type EmailState = 'waiting' | 'drafted' | 'sending' | 'sent' | 'failed';

/** Characters that the body of an email may have. */
export const emailChars = 50_000;

/** Two ids are the same when this makes them the same text. */
export const sameId = (id: string): string => id.normalize('NFC').trim();

export interface RunKey {
  tenant_id: string;
  run_id: string;
}

export interface EmailKey extends RunKey {
  email_id: string;
}

/** An email as a request gives it, or a mailbox. */
export interface EmailIn {
  email_id: string;
  subject: string;
  body: string;
  /** In seconds from the fetch. */
  deadline: number;
  dependencies: string[] | null;
}

/** A reply, and the tier that wrote it. */
export interface Draft {
  response: string;
  answered_by: AnswerTier;
}

/** An email of a run as it is stored. Times are milliseconds since the epoch. */
export interface StoredEmail extends EmailKey {
  /**
   * Its id as the mailbox writes it. Missing in emails of earlier versions. Where it can be no key of the run,
   * email_id is the email's place in the list: `#/3`.
   */
  mailbox_id?: string;
  subject: string;
  body: string;
  deadline_at: number;
  /** The deadlines that the run plans to meet, ascending: its own and those of its dependents, pushed back. */
  deadlines: number[];
  /** All of them, including those that the plan gives up: met if there is time left. */
  spare: number[];
  release_at?: number;
  dependencies: string[];
  has_dependents: boolean;
  /** The parents whose replies are not done yet; missing where there are none. */
  waiting_for?: Set<string>;
  state: EmailState;
  lease_until: number;
  lease_owner?: string;
  /** Tries so far that have not ended well, the one under way included. */
  attempts: number;
  /** Failures so far by outages of others; these do not count as attempts. */
  outages?: number;
  /** The latest tries that failed. */
  history?: HistoryEntry[];
  response?: string;
  answered_by?: AnswerTier;
  /** When it was first claimed, and when its reply was written. */
  begun_at?: number;
  drafted_at?: number;
  sent_at?: number;
  failed_at?: number;
  on_time?: boolean;
  reason?: string;
  /** Which dependencies it did not wait for, and why. */
  notes?: string[];
}

/** An email that was read, and is not answered. It fails before the run begins. */
export type UnreadableEmail = Omit<StoredEmail, 'deadline_at'> & { deadline_at?: number };

/** The id of an email as its mailbox knows it. */
export const mailboxIdOf = ({ mailbox_id, email_id }: StoredEmail | UnreadableEmail): string =>
  mailbox_id ?? email_id;

/** How an email ended. */
export type Ending =
  | { state: 'sent'; sent_at: number; on_time: boolean }
  | { state: 'failed'; reason: string; failed_at: number };

export const isOver = ({ state }: Pick<StoredEmail, 'state'>): boolean =>
  state === 'sent' || state === 'failed';

/** What a claim finds. */
export type Claim =
  | { kind: 'claimed'; email: StoredEmail }
  | { kind: 'leased'; until: number }
  | { kind: 'over'; email: StoredEmail }
  | { kind: 'unknown' };

/** For log lines. */
export const idsOf = ({ tenant_id, run_id, email_id }: EmailKey) => ({
  tenant_id,
  run_id,
  email_id,
});
