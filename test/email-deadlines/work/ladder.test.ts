import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseStep, steps } from '../../../lambdas/email-deadlines/work/ladder.ts';

const times = { full: 3_000, faster: 800, template: 10 };

describe('the ladder', () => {
  it.each([
    [10_000, 'full'],
    [3_000, 'full'],
    [2_999, 'faster'],
    [799, 'template'],
    [5, 'template'],
  ])('with %i ms left chooses %s', (leftMs, step) => {
    expect(chooseStep(leftMs, times).step).toBe(step);
  });

  it('lets the best answer what is late anyway', () => {
    expect(chooseStep(0, times).step).toBe('full');
  });

  it('waits so long that the quickest of the surer steps is still in time', () => {
    expect(chooseStep(5_000, times)).toEqual({ step: 'full', patienceMs: 4_990 });
  });

  it('does without the steps that a run does not have', () => {
    expect(chooseStep(2_000, { full: 3_000, template: 10 }).step).toBe('template');
    expect(chooseStep(2_000, { full: 3_000 })).toEqual({ step: 'full', patienceMs: Infinity });
  });

  it('never chooses a better step with less time', () => {
    const left = fc.double({ min: 1, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(left, left, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];

        const [lower, upper] = [chooseStep(less, times).step, chooseStep(more, times).step];
        expect(steps.indexOf(lower)).toBeGreaterThanOrEqual(steps.indexOf(upper));
      }),
    );
  });
});
