import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atRisk, unmeetable } from '../../../lambdas/email-deadlines/work/admission.ts';
import { anEmail, graphOf, someEmails } from '../../support/email-run.ts';

const chain = graphOf([
  anEmail({ email_id: 'a', deadline_at: 1_000 }),
  anEmail({ email_id: 'b', deadline_at: 900, dependencies: ['a'] }),
  anEmail({ email_id: 'c', deadline_at: 1_600, dependencies: ['b'] }),
]);

describe('admission', () => {
  it('says which emails no number of workers can answer in time, and when they could be', () => {
    expect(unmeetable(chain, { kind: 'content', serviceMs: 500 }, 0)).toEqual([
      { email_id: 'b', deadline_at: 900, earliest_at: 1_000 },
    ]);
  });

  it('finds more time where only the sends keep the order', () => {
    expect(unmeetable(chain, { kind: 'order', serviceMs: 500 }, 0)).toEqual([]);
    expect(unmeetable(chain, { kind: 'order', serviceMs: 500 }, 450)).toEqual([
      { email_id: 'b', deadline_at: 900, earliest_at: 950.1 },
    ]);
  });

  it('says which emails so few workers are expected to answer too late', () => {
    const independent = graphOf(
      ['a', 'b', 'c'].map((email_id) => anEmail({ email_id, deadline_at: 1_000 })),
    );

    const late = (workers: number) =>
      atRisk(independent, { kind: 'order', serviceMs: 500 }, 0, workers);
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
          const pace = { kind, serviceMs: 500 };

          const risky = new Set(atRisk(graph, pace, 0, workers).map(({ email_id }) => email_id));
          for (const { email_id } of unmeetable(graph, pace, 0)) expect(risky).toContain(email_id);
        },
      ),
    );
  });
});
