import type { RecordedPost } from '../../../local/simulators/mailbox/record.ts';

export const startedAt = 1_700_000_000_000;

/** A post that arrived this many ms after the fetch and was answered within the same ms. */
export const aPost = (
  emailId: string,
  atMs: number,
  post: Partial<RecordedPost> = {},
): RecordedPost => ({
  emailId,
  key: `key of ${emailId}`,
  response: 'It is on its way.',
  testMode: true,
  receivedAt: startedAt + atMs,
  answeredAt: startedAt + atMs + 0.3,
  outcome: 'accepted',
  status: 200,
  lost: false,
  ...post,
});
