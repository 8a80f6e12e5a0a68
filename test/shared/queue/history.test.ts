import { describe, expect, it } from 'vitest';
import { counted } from '../../../lambdas/shared/plural.ts';
import {
  type HistoryEntry,
  historyOnBegin,
  withEntry,
} from '../../../lambdas/shared/queue/outcome.ts';

describe('the history of a piece of work', () => {
  const dead: HistoryEntry = { at: 1, what: 'dead', error_code: 'store' };

  it('records that work is begun again only where it was a dead letter', () => {
    const failed: HistoryEntry = { at: 2, what: 'failed', error_code: 'store' };

    expect(historyOnBegin([dead], 5)).toEqual({ history: [dead, { at: 5, what: 'redriven' }] });
    expect(historyOnBegin([dead, failed], 5)).toEqual({ history: [dead, failed] });
    expect(historyOnBegin(undefined, 5)).toEqual({});
  });

  it('keeps the latest, so that an item cannot grow without end', () => {
    let history: HistoryEntry[] = [];
    for (let at = 0; at < 100; at += 1) history = withEntry(history, { at, what: 'failed' });

    expect(history).toHaveLength(20);
    expect(history.at(-1)?.at).toBe(99);
  });
});

describe('a count', () => {
  it.each([
    [0, '0 companies'],
    [1, '1 company'],
    [2, '2 companies'],
  ])('of %i has its noun in the right number', (count, text) => {
    expect(counted(count, 'company', 'companies')).toBe(text);
  });
});
