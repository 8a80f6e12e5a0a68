import { describe, expect, it } from 'vitest';
import { spanOf } from '../../bin/duration.ts';

describe('a time span', () => {
  it.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [99, '99 ms'],
    [100, '0.1 s'],
    [59_940, '59.9 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('of %i ms reads %s', (ms, text) => {
    expect(spanOf(ms)).toBe(text);
  });
});
