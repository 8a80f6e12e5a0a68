/**
 * The result of a post: `accepted` is the first for its email, `duplicate` a further one with another
 * key, `repeated` one whose key was used before, `refused` an invalid one, `faulted` one that an injected
 * fault answered, without any effect.
 */
export type Outcome = 'accepted' | 'duplicate' | 'repeated' | 'refused' | 'faulted';

/** A post to the mailbox. Times are epoch milliseconds with microseconds in the fraction. */
export interface RecordedPost {
  /** Null when the post has none. */
  emailId: string | null;
  /** The Idempotency-Key. */
  key: string | null;
  response: string | null;
  testMode: boolean | null;
  /** When its headers were read. */
  receivedAt: number;
  /** Just before the answer was written, or the connection cut; null until then. */
  answeredAt: number | null;
  outcome: Outcome;
  status: number;
  /** The reason that a refused post was given. */
  error?: string;
  /** Whether the connection was cut in place of the answer. */
  lost: boolean;
}

/** All that happened to a run, for grading it; deadlines count from `startedAt`, epoch ms. */
export interface RunRecord {
  /** As they were loaded, also malformed ones. */
  emails: readonly unknown[];
  startedAt: number;
  posts: readonly RecordedPost[];
}
