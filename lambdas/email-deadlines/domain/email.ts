import type { HistoryEntry } from '../../runtime/history.ts';
import type { Step } from './ladder.ts';

/** `waiting`: not drafted yet. `sending`: a post may have been made. `sent` and `failed` are ends. */
export type EmailState = 'waiting' | 'drafted' | 'sending' | 'sent' | 'failed';

export interface EmailKey {
  tenant_id: string;
  run_id: string;
  email_id: string;
}

/** Who answered, and by which step of the ladder. */
export interface Draft {
  response: string;
  answered_by: Step;
}

/** An email of a run as it is stored. Times are milliseconds since the epoch. */
export interface StoredEmail extends EmailKey {
  subject: string;
  body: string;
  deadline_at: number;
  /** The moments at stake, ascending: its own deadline and those behind it, pushed back. */
  deadlines: number[];
  /** Those that the run was planned to give up, and keeps if there is time after all. */
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
  /** Failures so far for want of somebody else; these are no attempts. */
  outages?: number;
  /** The latest tries that failed. */
  history?: HistoryEntry[];
  response?: string;
  answered_by?: Step;
  /** When it was taken in hand first, and when its reply was written. */
  begun_at?: number;
  drafted_at?: number;
  sent_at?: number;
  failed_at?: number;
  on_time?: boolean;
  reason?: string;
}

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
