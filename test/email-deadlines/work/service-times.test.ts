import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ServiceSample,
  ServiceTimes,
} from '../../../lambdas/email-deadlines/work/service-times.ts';

const someSamples: fc.Arbitrary<ServiceSample[]> = fc.array(
  fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 1_000 })),
  { maxLength: 100 },
);
const learnt = (samples: readonly ServiceSample[]) => {
  const times = new ServiceTimes([500]);
  for (const [atMs, tookMs] of samples) times.learn(atMs, tookMs);
  return times;
};

describe('service times', () => {
  it('are what was assumed before any are known', () => {
    const times = new ServiceTimes([400, 500, 600, 700]);

    expect([times.percentile(0), times.percentile(0.5), times.percentile(1)]).toEqual([
      400, 500, 700,
    ]);
  });

  it('are what was learned once eight are known', () => {
    const times = learnt(Array.from({ length: 10 }, (_, index) => [index, (index + 1) * 10]));

    expect([times.percentile(0.5), times.percentile(0.75), times.percentile(0.9)]).toEqual([
      50, 80, 90,
    ]);
  });

  it('follow a vendor that becomes slower', () => {
    const times = learnt(
      Array.from({ length: 200 }, (_, index) => [index, index < 100 ? 500 : 5_000]),
    );

    expect(times.percentile(0.01)).toBe(5_000);
  });

  it('stay small however much is learned', () => {
    const times = learnt(
      Array.from({ length: 10_000 }, (_, index) => [1.7e12 + index, index % 977]),
    );

    expect(JSON.stringify(times.samples()).length).toBeLessThan(2_048);
  });

  it('are the same in whatever order they are shared, and however often', () => {
    fc.assert(
      fc.property(someSamples, someSamples, (one, other) => {
        const [a, b] = [learnt(one), learnt(other)];
        const [first, second] = [learnt(one), learnt(other)];

        first.merge(b.samples());
        first.merge(b.samples());
        second.merge(a.samples());

        expect(first.samples()).toEqual(second.samples());
      }),
    );
  });

  it('survive being written and read', () => {
    fc.assert(
      fc.property(someSamples, (samples) => {
        const times = learnt(samples);

        const again = new ServiceTimes([500], JSON.parse(JSON.stringify(times.samples())));
        expect(again.percentile(0.8)).toBe(times.percentile(0.8));
      }),
    );
  });
});
