import { describe, expect, it } from 'vitest';
import { makeInstance } from '../../bench/email-policy/instance.ts';
import { predictRun, simulate } from '../../bench/email-policy/simulate.ts';
import { lateWithAmpleWorkers, orderToContent } from '../../bench/email-policy/single-figures.ts';
import {
  instances,
  loads,
  middleSizes,
  smallSizes,
  tally,
} from '../../bench/email-policy/tally.ts';
import { anEmail } from '../support/email-run.ts';

const kinds = ['content', 'order'] as const;

describe.each(kinds)('the policy, for dependencies of %s', (kind) => {
  it('has at least 97 % as many emails on time as the exact optimum at load 0.95', () => {
    const { byPolicy, exact } = tally(instances(smallSizes, 0.95, kind, 'bounded'), {
      exactly: true,
    });

    expect(byPolicy.ours / exact).toBeGreaterThanOrEqual(0.97);
  });

  it.each(loads)(
    'has at least 2.5 times as many on time as the specification’s at load %d',
    (load) => {
      for (const sizes of [smallSizes, middleSizes]) {
        const { byPolicy } = tally(instances(sizes, load, kind, 'bounded'));

        expect(byPolicy.ours / byPolicy.specification).toBeGreaterThanOrEqual(2.5);
      }
    },
  );

  it.each(loads)(
    'has no fewer on time than first-in-first-out or plain earliest deadline first at load %d',
    (load) => {
      const { byPolicy } = tally(instances(middleSizes, load, kind, 'heavy'));

      expect(byPolicy.ours).toBeGreaterThanOrEqual(byPolicy.fifo);
      expect(byPolicy.ours).toBeGreaterThanOrEqual(byPolicy['earliest deadline']);
    },
  );
});

describe('the policy', () => {
  it('has no email late with ample workers and no dependencies, where the specification’s has a third', () => {
    expect(lateWithAmpleWorkers('ours')).toBe(0);
    expect(lateWithAmpleWorkers('specification')).toBeGreaterThan(0.3);
  });

  it('sends chains that only keep the order in 0.30 of the time that content takes', () => {
    expect(orderToContent(10, 10)).toBeLessThanOrEqual(0.3);
    expect(orderToContent(100, 64)).toBeLessThanOrEqual(0.3);
  });
});

describe('the measure', () => {
  it.each(kinds)('lets no policy beat the optimum, nor the optimum the bound, for %s', (kind) => {
    const [few] = smallSizes;
    for (const instance of instances(few ? [few] : [], 1.4, kind, 'heavy')) {
      const { byPolicy, exact, bound } = tally([instance], { exactly: true });

      expect(Math.max(...Object.values(byPolicy))).toBeLessThanOrEqual(exact);
      expect(exact).toBeLessThanOrEqual(bound);
    }
  });

  it('is the same for the same seed', () => {
    const run = () =>
      simulate(
        makeInstance({
          shape: 'layered',
          count: 100,
          workers: 4,
          load: 0.95,
          kind: 'order',
          law: 'heavy',
          seed: 3,
        }),
        'ours',
      );

    expect([...run()]).toEqual([...run()]);
  });
});

describe('the prediction of a run', () => {
  it('says when each email is begun and sent, and whether in time', () => {
    const slots = predictRun(
      [
        { ...anEmail({ email_id: 'a', deadline_at: 1_600 }), arrival_at: 1_000 },
        {
          ...anEmail({ email_id: 'b', deadline_at: 2_000, dependencies: ['a'] }),
          arrival_at: 1_200,
        },
      ],
      { kind: 'order', workers: 1, serviceMs: () => 500, assumedMs: [500] },
    );

    expect(slots.get('a')).toMatchObject({ startMs: 1_000, sentMs: 1_500, onTime: true });
    expect(slots.get('b')).toMatchObject({ startMs: 1_500, sentMs: 2_000, onTime: true });
  });
});
