import { describe, expect, it } from 'vitest';
import { goalsOf, isReached, type Row, type Singles } from '../../bench/email-policy/goals.ts';

const singles: Singles = {
  lateWithAmpleWorkers: 0,
  oneChain: 0.12,
  tenChains: 0.21,
  decisionGrowth: 0.9,
  heapGrowth: 3,
};

const rowsWith = (ours: number, plain: number): Row[] =>
  (['small', 'middle', 'large'] as const).map((sizes) => ({
    sizes,
    law: 'bounded',
    kind: 'content',
    load: 0.95,
    sum: {
      instances: 1,
      emails: 100,
      byPolicy: { fifo: 70, 'earliest deadline': plain, specification: 20, ours },
      exact: 98,
      bound: 99,
    },
  }));

const missed = (rows: Row[], more: Partial<Singles> = {}) =>
  goalsOf(rows, { ...singles, ...more })
    .filter((goal) => !isReached(goal))
    .map(({ says }) => says);

describe('the goals of the policy for emails', () => {
  it('are reached where half of what plain earliest deadline first has late is on time', () => {
    expect(missed(rowsWith(96, 90))).toEqual([]);
  });

  it('are missed where plain earliest deadline first is nearly as good, or better', () => {
    expect(missed(rowsWith(96, 95))).toEqual([
      expect.stringMatching(/^late at load 0.95, of those/),
    ]);
    expect(missed(rowsWith(96, 97))).toEqual([
      expect.stringMatching(/^late at load 0.95, of those/),
      expect.stringMatching(/^on time, of plain earliest deadline first/),
    ]);
  });

  it('are missed far from the optimum, and by a single figure', () => {
    expect(missed(rowsWith(94, 80))).toEqual([expect.stringContaining('the exact optimum')]);
    expect(missed(rowsWith(96, 90), { lateWithAmpleWorkers: 0.001, tenChains: 0.31 })).toEqual([
      'late with a worker for each email',
      'ten chains of ten in order, of their time in content',
    ]);
  });
});
