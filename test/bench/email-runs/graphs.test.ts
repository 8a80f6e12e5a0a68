import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyGraph, shapes } from '../../../bench/email-runs/graphs.ts';
import { seededRandom } from '../../../bench/seeded-random.ts';

describe.each(shapes)('a dependency graph of shape %s', (shape) => {
  it('has as many emails as asked, each with distinct dependencies before itself', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.integer(), (count, seed) => {
        const graph = dependencyGraph(shape, count, seededRandom(seed));

        expect(graph).toHaveLength(count);
        const wrong = graph.filter(
          (needed, index) =>
            new Set(needed).size < needed.length || needed.some((one) => one < 0 || one >= index),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('is the same for the same seed', () => {
    const graph = () => dependencyGraph(shape, 200, seededRandom(7));

    expect(graph()).toEqual(graph());
  });
});

describe('seeded random', () => {
  it('is in [0, 1), and even', () => {
    const random = seededRandom(1);
    const drawn = Array.from({ length: 10_000 }, random);

    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(drawn.reduce((sum, one) => sum + one, 0) / drawn.length).toBeCloseTo(0.5, 1);
  });
});
