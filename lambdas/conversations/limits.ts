/** The index by which the inbox is read, and the attribute that sorts it. */
export const inboxIndex = { name: 'inbox', sortedBy: 'inbox_at' } as const;

export const limits = {
  /** Conversations on a page. */
  pageSize: 50,
  /** Messages that are read at once. */
  messages: 100,
  /** The longest text that a person writes, and the largest body that holds it. */
  textChars: 10_000,
  bodyBytes: 65_536,
  /** Files of one message. */
  files: 10,
  /**
   * For how many days contents of files may be kept: each is put where the bucket removes it after the first of these
   * that its company's conversations are not kept longer than.
   */
  fileDays: [7, 30, 90, 180, 400, 800, 1600, 3650],
  /** How long it is known which message a key has written. */
  idempotencyDays: 2,
} as const;

/** What the keys of contents begin with that are kept for so many days. */
export const retentionPrefix = (days: number): string => `RETENTION/${days}/`;
