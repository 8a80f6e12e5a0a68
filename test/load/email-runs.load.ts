import { describe, expect, it } from 'vitest';
import { dependencyIds, gradable } from '../../bench/email-runs/gradable.ts';
import { gradeRun } from '../../bench/email-runs/grade.ts';
import { makeMail } from '../../bench/email-runs/mail.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { checkGraph } from '../../lambdas/email-deadlines/work/graph.ts';
import { prioritiesOf } from '../../lambdas/email-deadlines/work/priorities.ts';
import { ServiceTimes } from '../../lambdas/email-deadlines/work/service-times.ts';
import {
  feasibleEdfPolicy,
  simulateSchedule,
} from '../../lambdas/email-deadlines/work/simulate-schedule.ts';
import type { MailboxEmail } from '../../local/simulators/mailbox/email.ts';
import { mailboxRuns, workers } from './mailbox-runs.ts';

/** Half of the time between the mock's bounds, as an email occupies a worker. */
const [minMs, maxMs] = [400, 600];

const { started, ended } = mailboxRuns();

/** How many of these would be on time on a virtual clock, with as many workers and nothing else that takes time. */
function predicted(emails: readonly MailboxEmail[]): number {
  const dated = emails.map((email) => ({
    ...email,
    dependencies: dependencyIds(email),
    deadline_at: email.deadline * 1000,
  }));
  const checked = checkGraph(dated);
  if (checked.kind === 'faulty') throw new Error('Expected a sound graph.');
  const random = seededRandom(7);
  const plan = { kind: 'order' as const, workers, startMs: 0 };
  const times = new ServiceTimes([500]);
  const policy = feasibleEdfPolicy(prioritiesOf(checked.graph, plan, times), times);
  const rules = { ...plan, serviceMs: () => minMs + (maxMs - minMs) * random() };
  const slots = simulateSchedule(checked.graph, rules, policy);
  return [...slots.values()].filter(({ onTime }) => onTime).length;
}

describe('a run of 1,000 emails of mixed shapes', () => {
  it('is sent once, in order, and as much on time as a virtual clock predicts', async () => {
    const order = { emails: makeMail({ count: 1_000, seed: 11, workers }) };
    const { run, box } = await started(order);

    const view = await ended(run, 120_000);

    const grade = gradeRun(box.record());
    const expected = predicted(gradable(box.record()));
    console.log(
      `1,000 emails: ${grade.on_time} on time, predicted ${expected}; done after ${grade.makespan_ms?.toFixed(0)} ms`,
    );
    expect(view.counts).toMatchObject({ sent: 1_000, failed: 0, waiting: 0, drafted: 0 });
    expect(grade.missing).toEqual([]);
    expect(grade.duplicates).toEqual([]);
    expect(grade.order_violations).toEqual([]);
    expect(grade.gap_violations).toEqual([]);
    expect(grade.on_time).toBeGreaterThanOrEqual(0.98 * expected);
  });
});

describe('a run of 10,000 emails', () => {
  it('completes, and an email takes no longer than in a run of 1,000', async () => {
    const timed = async (count: number) => {
      const { run, box } = await started({ emails: makeMail({ count, seed: 13, workers }) });
      const view = await ended(run, 400_000);
      expect(view.counts).toMatchObject({ sent: count, failed: 0 });
      expect(gradeRun(box.record())).toMatchObject({
        missing: [],
        duplicates: [],
        order_violations: [],
      });
      const posts = box.posts.map(({ receivedAt }) => receivedAt);
      return (Math.max(...posts) - Math.min(...posts)) / count;
    };

    const [small, large] = [await timed(1_000), await timed(10_000)];

    console.log(`per email: ${small.toFixed(2)} ms of 1,000, ${large.toFixed(2)} ms of 10,000`);
    expect(large / small).toBeLessThanOrEqual(1.5);
  });
});
