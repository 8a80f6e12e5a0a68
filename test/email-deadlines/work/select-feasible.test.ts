import { describe, expect, it } from 'vitest';
import { selectFeasible } from '../../../lambdas/email-deadlines/work/select-feasible.ts';
import { anEmail, graphOf } from '../../support/email-run.ts';

const pace = { kind: 'order', serviceMs: 500 } as const;
const planned = (...emails: ReturnType<typeof anEmail>[]) =>
  [...selectFeasible(graphOf(emails), pace, 0, 1)].sort();

describe('the emails that a run plans to have on time', () => {
  it('are all where there is time', () => {
    const [a, b] = [anEmail({ email_id: 'a' }), anEmail({ email_id: 'b', dependencies: ['a'] })];

    expect(planned(a, b)).toEqual(['a', 'b']);
  });

  it('leave out the one that costs the most work which no other needs', () => {
    const lost = { deadline_at: 400 };
    const wasteful = anEmail({ email_id: 'w', deadline_at: 1_500, dependencies: ['x', 'y'] });

    expect(
      planned(
        anEmail({ email_id: 'x', ...lost }),
        anEmail({ email_id: 'y', ...lost }),
        wasteful,
        anEmail({ email_id: 'p', deadline_at: 1_600 }),
        anEmail({ email_id: 'q', deadline_at: 1_600 }),
      ),
    ).toEqual(['p', 'q']);
  });

  it('share work that several need', () => {
    const behind = (email_id: string) =>
      anEmail({ email_id, deadline_at: 2_000, dependencies: ['root'] });

    expect(
      planned(
        anEmail({ email_id: 'root', deadline_at: 100 }),
        behind('a'),
        behind('b'),
        behind('c'),
      ),
    ).toEqual(['a', 'b', 'c']);
  });
});
