import type { Clock } from '../../shared/clock.ts';
import type { EngineError } from '../../shared/errors.ts';
import type { Log, Meter } from '../../shared/log.ts';
import type { Outcome } from '../../shared/queue/outcome.ts';
import type { ReadyMessage } from '../messages.ts';
import type { Counts } from '../routes.ts';
import type { DependencyKind } from './deadlines.ts';
import type { Claim, Draft, EmailKey, Ending, RunKey, StoredEmail } from './email.ts';
import type { AnswerTier, TierTimes } from './fallback-chain.ts';

/** What the work on an email needs to know of its run. */
export interface RunTerms extends RunKey {
  test_mode: boolean;
  dependency_kind: DependencyKind;
}

/** The emails of runs, each change one conditional write. Every method needs the tenant. */
export interface EmailStore {
  /** Leases the email to this owner until then, unless it is over or leased. */
  claim(key: EmailKey, owner: string, until: number): Promise<Claim>;
  /** Stores the draft and releases the email; whether it may be sent now. */
  saveDraft(email: StoredEmail, owner: string, draft: Draft): Promise<'waits' | 'sendable'>;
  /** Stores the draft and claims the sending in one write; false while parents are not done. */
  draftAndSend(email: StoredEmail, owner: string, draft: Draft): Promise<boolean>;
  /** Claims the sending of a draft; false when it waits, is taken or over. */
  claimSend(key: EmailKey, owner: string, until: number): Promise<boolean>;
  /** Records how it ended; false if that is recorded already. */
  end(email: StoredEmail, owner: string, ending: Ending): Promise<boolean>;
  /** Reopens an email that failed at that moment; undefined if it is sent, in progress, or has failed again. */
  reopen(key: EmailKey, failedAt: number): Promise<StoredEmail | undefined>;
  /**
   * Gives the email back; a try that did not fail is not counted. After a failure nobody takes it before
   * `quietUntil`, not by another message either.
   */
  giveBack(
    email: StoredEmail,
    owner: string,
    tried: 'failed' | 'outage' | 'waits',
    quietUntil?: number,
  ): Promise<void>;
  /** Those that wait for this one, some hundreds at a time. */
  dependentsOf(key: EmailKey): AsyncIterable<string[]>;
  /** Records that a parent is done; the dependent as it is then, undefined if it is gone. */
  parentDone(key: EmailKey, parentId: string): Promise<StoredEmail | undefined>;
  /** What these emails were about and what was answered, of those that have a reply. */
  replies(key: RunKey, ids: string[]): Promise<ParentReply[]>;
}

export interface ParentReply {
  subject: string;
  response: string;
}

/** Writes replies: a model, or what takes its place. */
export interface Answerer {
  answer(tier: AnswerTier, request: AnswerRequest): Promise<string>;
}

export interface AnswerRequest {
  email: StoredEmail;
  parents: ParentReply[];
  /** Infinity if nothing presses. */
  timeoutMs: number;
}

/** What the mailbox said to a reply: accepted, refused permanently, or not now. */
export type PostResult =
  | { kind: 'accepted' }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable'; reason: string; retryAfterMs?: number };

export interface Reply {
  email_id: string;
  response: string;
  test_mode: boolean;
  /** The same key never makes a second reply. */
  idempotencyKey: string;
}

export interface Mailbox {
  /** A mailbox that has not answered after `maxMs` is unavailable. */
  post(reply: Reply, maxMs: number): Promise<PostResult>;
}

/** How long the tiers take, as far as it is known. */
export interface AnswerTimes {
  /** The time in milliseconds that this share of a tier's answers does not exceed. */
  expected(share: number): TierTimes;
  learn(tier: AnswerTier, tookMs: number): void;
}

/** What the work on one company's emails needs. */
export interface EmailPorts {
  store: EmailStore;
  answerer: Answerer;
  mailbox: Mailbox;
  times: AnswerTimes;
  clock: Clock;
  random: () => number;
  log: Log;
  meter: Meter;
  /** Why no reply of the company can be posted, if that is known before one is written. */
  fault?: EngineError;
  maxRetries: number;
  gapMs: number;
  /** Adds to the run's counts. */
  count(run: RunKey, counts: Partial<Counts>): void;
}

/** What became of an email. `failedAt` is when it failed permanently. */
export type AnswerOutcome = Outcome & {
  /** Emails that became ready by it. */
  ready: ReadyMessage[];
  failedAt?: number;
};
