/** A try that failed, the one that was the last, or the first after somebody had sent the dead letter back. */
export interface HistoryEntry {
  /** Milliseconds since the epoch. */
  at: number;
  what: 'failed' | 'dead' | 'redriven';
  error_code?: string;
}

/** What is kept with a piece of work; the oldest is forgotten first. */
const maxEntries = 20;

export const withEntry = (
  history: readonly HistoryEntry[] | undefined,
  entry: HistoryEntry,
): HistoryEntry[] => [...(history ?? []), entry].slice(-maxEntries);

/** What to keep of work that begins: that it is begun again, where it was a dead letter. */
export function historyOnBegin(
  history: HistoryEntry[] | undefined,
  now: number,
): { history?: HistoryEntry[] } {
  if (history?.at(-1)?.what === 'dead') {
    return { history: withEntry(history, { at: now, what: 'redriven' }) };
  }
  return history ? { history } : {};
}
