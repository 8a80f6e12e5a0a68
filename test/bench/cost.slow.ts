import { describe, expect, it } from 'vitest';
import { readCounted } from '../../bench/cost/cost-page.ts';
import { type Work, workNames } from '../../bench/cost/counted.ts';
import { measure } from '../../bench/cost/measure.ts';

const sizes = { customers: 8, messagesEach: 3, rush: 40, emails: 100, leads: 40 };

const each = (work: Work) => ({
  writes: work.dynamodb.writes / work.units,
  reads: work.dynamodb.reads / work.units,
  httpRequests: work.http_requests / work.units,
  logLines: work.log.lines / work.units,
});

describe('the work that docs/reference/cost.md was reckoned with', () => {
  it('is still about what the functions do: else npm run bench -- cost measure', async () => {
    const before = readCounted();

    const now = await measure(sizes, before.measured_on);

    for (const name of workNames) {
      const [then, found] = [each(before.work[name]), each(now.work[name])];
      console.log(name, JSON.stringify({ then, found }));
      for (const key of ['writes', 'reads', 'httpRequests', 'logLines'] as const) {
        expect(found[key], `${name}: ${key}`).toBeGreaterThan(then[key] * 0.7 - 0.2);
        expect(found[key], `${name}: ${key}`).toBeLessThan(then[key] * 1.4 + 0.2);
      }
    }
    // What fails on a busy machine, and is tried again, is none of the work.
    const worked = now.metrics.filter((name) => !name.endsWith('Failed'));
    expect(worked).toEqual(before.metrics);
  });
});
