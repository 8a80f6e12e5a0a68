import fc from 'fast-check';
import { dependencyGraph, shapes } from '../../bench/email-runs/graphs.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import type { DatedEmail } from '../../lambdas/email-deadlines/work/deadlines.ts';
import {
  checkGraph,
  type DependencyGraph,
  type DependingEmail,
} from '../../lambdas/email-deadlines/work/graph.ts';

/** An email that waits for nobody and is due after a minute, unless said otherwise. */
export const anEmail = (email: Partial<DatedEmail> & { email_id: string }): DatedEmail => ({
  dependencies: [],
  deadline_at: 60_000,
  ...email,
});

/** The graph of emails that have no fault. */
export function graphOf<E extends DependingEmail>(emails: readonly E[]): DependencyGraph<E> {
  const check = checkGraph(emails);
  if (check.kind === 'sound') return check.graph;
  throw new Error(check.faults.map(({ message }) => message).join('\n'));
}

/** Up to 40 emails of any shape, in any order, due within 20 seconds. */
export const someEmails: fc.Arbitrary<DatedEmail[]> = fc
  .record({ shape: fc.constantFrom(...shapes), count: fc.nat({ max: 40 }), seed: fc.nat() })
  .chain(({ shape, count, seed }) => {
    const random = seededRandom(seed);
    const emails = dependencyGraph(shape, count, random).map((needed, index) => ({
      email_id: `e${index}`,
      dependencies: needed.map((one) => `e${one}`),
      deadline_at: Math.round(random() * 20_000),
    }));
    return fc.shuffledSubarray(emails, { minLength: count });
  });
