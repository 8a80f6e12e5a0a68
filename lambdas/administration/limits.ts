/** Limits that callers see. */
export const limits = {
  /** A feature's value as JSON text, in bytes: with the value before, an item stays under 400 KB. */
  featureBytes: 100_000,
  pageSize: 50,
  usageDays: 366,
} as const;
