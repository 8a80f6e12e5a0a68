import type { MailboxEmail } from './mail.ts';

/**
 * What became of a post: `accepted` is the first for its email, `duplicate` another one with another
 * key, `repeated` one whose key had been seen, `refused` one at fault, `faulted` one that an injected
 * fault answered, without any effect.
 */
export type Outcome = 'accepted' | 'duplicate' | 'repeated' | 'refused' | 'faulted';

/** A post to the mailbox. Times are epoch milliseconds with microseconds in the fraction. */
export interface RecordedPost {
  /** Null when the post did not say it. */
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

/** All that a grade or a picture of a run needs; deadlines count from `startedAt`, epoch ms. */
export interface RunRecord {
  emails: readonly MailboxEmail[];
  startedAt: number;
  posts: readonly RecordedPost[];
}

/** The post by which each email was answered, by email id. */
export function firstSends({ posts }: RunRecord): Map<string, RecordedPost> {
  const accepted = posts.filter(({ outcome }) => outcome === 'accepted');
  return new Map(accepted.map((post) => [post.emailId ?? '', post]));
}
