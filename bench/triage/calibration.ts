import { judge, marginOf } from '../../lambdas/leads/domain/rules.ts';
import type { LabelledLead } from './leads.ts';

/** From this margin on, so often the intent was right. */
export interface Row {
  margin: number;
  right: number;
}

interface Pool {
  margin: number;
  right: number;
  notes: number;
}

const leastNotes = 8;

/**
 * The share of right intents by margin: margins in order, pooled until each pool has enough notes and the shares rise
 * (pool adjacent violators), each share with one right and one wrong note added.
 */
export function calibrate(tuning: readonly LabelledLead[]): Row[] {
  const byMargin = new Map<number, Pool>();
  for (const { note, intent } of tuning) {
    const margin = marginOf(note);
    const pool = byMargin.get(margin) ?? { margin, right: 0, notes: 0 };
    byMargin.set(
      margin,
      add(pool, { margin, right: Number(judge(note).intent === intent), notes: 1 }),
    );
  }
  const pools: Pool[] = [];
  for (const pool of [...byMargin.values()].sort((a, b) => a.margin - b.margin)) {
    pools.push(pool);
    poolFromEnd(pools);
  }
  return pools.map((pool) => ({ margin: pool.margin, right: Number(shareOf(pool).toFixed(2)) }));
}

function poolFromEnd(pools: Pool[]): void {
  for (;;) {
    const [before, last] = pools.slice(-2);
    if (!before || !last) return;
    if (shareOf(before) < shareOf(last) && before.notes >= leastNotes) return;
    pools.splice(-2, 2, add(before, last));
  }
}

const add = (a: Pool, b: Pool): Pool => ({
  margin: a.margin,
  right: a.right + b.right,
  notes: a.notes + b.notes,
});
const shareOf = ({ right, notes }: Pool): number => (right + 1) / (notes + 2);
