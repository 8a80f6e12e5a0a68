import { judge, marginOf } from '../../lambdas/leads/domain/rules.ts';
import type { folds } from './table.ts';

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

const leastNotes = 60;

/**
 * The share of right intents by margin, of these notes, each judged with what was learnt from other notes: margins in
 * order, pooled until each pool has enough notes and the shares rise (pool adjacent violators), each share with one right
 * and one wrong note added.
 */
export function calibrate(judged: ReturnType<typeof folds>): Row[] {
  const pools: Pool[] = [];
  for (const pool of judged.map(poolOf).sort(byMargin)) {
    pools.push(pool);
    poolFromEnd(pools);
  }
  return pools.map(({ margin, right, notes }, index) => ({
    margin: index ? Number(margin.toFixed(1)) : 0,
    right: Number(((right + 1) / (notes + 2)).toFixed(2)),
  }));
}

function poolOf({ lead, learnt }: ReturnType<typeof folds>[number]): Pool {
  const right = Number(judge(lead.note, learnt).intent === lead.intent);
  return { margin: marginOf(lead.note, learnt), right, notes: 1 };
}

function poolFromEnd(pools: Pool[]): void {
  for (;;) {
    const [before, last] = pools.slice(-2);
    if (!before || !last) return;
    const rises = before.right / before.notes < last.right / last.notes;
    if (before.notes >= leastNotes && (rises || last.notes < leastNotes)) return;
    pools.splice(-2, 2, add(before, last));
  }
}

const byMargin = (a: Pool, b: Pool): number => a.margin - b.margin;
const add = (a: Pool, b: Pool): Pool => ({
  margin: a.margin,
  right: a.right + b.right,
  notes: a.notes + b.notes,
});
