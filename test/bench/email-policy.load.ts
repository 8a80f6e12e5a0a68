import { describe, expect, it } from 'vitest';
import { decisionMicroseconds, heapMicroseconds } from '../../bench/email-policy/heap-speed.ts';

describe('the policy', () => {
  it('decides about an email among 100,000 in at most twice the time as among 1,000', () => {
    expect(decisionMicroseconds(100_000) / decisionMicroseconds(1_000)).toBeLessThanOrEqual(2);
    expect(heapMicroseconds(100_000) / heapMicroseconds(1_000)).toBeLessThanOrEqual(5);
  });
});
