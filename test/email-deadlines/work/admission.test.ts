import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atRisk, unmeetable } from '../../../lambdas/email-deadlines/work/admission.ts';
import type { Pace } from '../../../lambdas/email-deadlines/work/deadlines.ts';
import type { RunPlan } from '../../../lambdas/email-deadlines/work/plan-run.ts';
import { prioritiesOf } from '../../../lambdas/email-deadlines/work/priorities.ts';
import { ServiceTimes } from '../../../lambdas/email-deadlines/work/service-times.ts';
import { anEmail, graphOf, someEmails } from '../../support/email-run.ts';

/** The plan of a run that begins then, with so many workers. */
function aPlan(graph: RunPlan['graph'], pace: Pace, startMs = 0, workers = 1) {
  const run = { ...pace, workers, startMs };
  const priorities = prioritiesOf(graph, run, new ServiceTimes([pace.serviceMs]));
  return { graph, pace, startMs, workers, priorities };
}

const chain = graphOf([
  anEmail({ email_id: 'a', deadline_at: 1_000 }),
  anEmail({ email_id: 'b', deadline_at: 900, dependencies: ['a'] }),
  anEmail({ email_id: 'c', deadline_at: 1_600, dependencies: ['b'] }),
]);

describe('admission', () => {
  it('says which emails no number of workers can answer in time, and when they could be', () => {
    expect(unmeetable(aPlan(chain, { kind: 'content', serviceMs: 500 }))).toEqual([
      { email_id: 'b', deadline_at: 900, earliest_at: 1_000 },
    ]);
  });

  it('finds more time where only the sends keep the order', () => {
    expect(unmeetable(aPlan(chain, { kind: 'order', serviceMs: 500 }))).toEqual([]);
    expect(unmeetable(aPlan(chain, { kind: 'order', serviceMs: 500 }, 450))).toEqual([
      { email_id: 'b', deadline_at: 900, earliest_at: 950.1 },
    ]);
  });

  it('says which emails so few workers are expected to answer too late', () => {
    const independent = graphOf(
      ['a', 'b', 'c'].map((email_id) => anEmail({ email_id, deadline_at: 1_000 })),
    );

    const late = (workers: number) =>
      atRisk(aPlan(independent, { kind: 'order', serviceMs: 500 }, 0, workers));
    expect(late(2)).toEqual([]);
    expect(late(1)).toMatchObject([{ deadline_at: 1_000, earliest_at: 1_500 }]);
  });

  it('counts at risk whatever cannot be met at all', () => {
    fc.assert(
      fc.property(
        someEmails,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('order' as const, 'content' as const),
        (emails, workers, kind) => {
          const graph = graphOf(emails);
          const plan = aPlan(graph, { kind, serviceMs: 500 }, 0, workers);

          const risky = new Set(atRisk(plan).map(({ email_id }) => email_id));
          for (const { email_id } of unmeetable(plan)) expect(risky).toContain(email_id);
        },
      ),
    );
  });
});
