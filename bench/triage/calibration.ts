import { classify, shareOf } from '../../lambdas/leads/work/rules.ts';
import type { folds } from './table.ts';

/** From this share on, so often the intent was right. */
export interface Row {
  share: number;
  right: number;
}

interface Pool {
  share: number;
  right: number;
  notes: number;
}

const leastNotes = 60;

/**
 * The share of right intents by share, of these notes, each classified with what was learnt from other notes: shares in
 * order, pooled until each pool has enough notes and the shares rise (pool adjacent violators), each share with one right
 * and one wrong note added.
 */
export function calibrate(classified: ReturnType<typeof folds>): Row[] {
  const pools: Pool[] = [];
  for (const pool of classified.map(poolOf).sort(byMargin)) {
    pools.push(pool);
    poolFromEnd(pools);
  }
  return pools.map(({ share, right, notes }, index) => ({
    share: index ? Number(share.toFixed(3)) : 0,
    right: Number(((right + 1) / (notes + 2)).toFixed(2)),
  }));
}

function poolOf({ lead, learnt }: ReturnType<typeof folds>[number]): Pool {
  const right = Number(classify(lead.note, learnt).intent === lead.intent);
  return { share: shareOf(lead.note, learnt), right, notes: 1 };
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

const byMargin = (a: Pool, b: Pool): number => a.share - b.share;
const add = (a: Pool, b: Pool): Pool => ({
  share: a.share,
  right: a.right + b.right,
  notes: a.notes + b.notes,
});
