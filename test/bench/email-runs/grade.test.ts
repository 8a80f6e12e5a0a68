import { describe, expect, it } from 'vitest';
import { gradeRun } from '../../../bench/email-runs/grade.ts';
import type { RecordedPost } from '../../../local/simulators/mailbox/record.ts';
import { anEmail } from '../../local/simulators/mailbox/mailbox.ts';
import { aPost, startedAt } from './runs.ts';

const grade = (emails: unknown[], posts: RecordedPost[]) => gradeRun({ emails, startedAt, posts });

const parentAndChild = [anEmail('e1'), anEmail('e2', { dependencies: 'e1' })];

describe('the grade of a run', () => {
  it('finds nothing wrong with a run that is answered in time and order', () => {
    const emails = [...parentAndChild, anEmail('e3', { dependencies: ['e1', 'e2'] })];

    const posts = [aPost('e1', 1000), aPost('e2', 1001), aPost('e3', 4000)];

    expect(grade(emails, posts)).toEqual({
      total: 3,
      answered: 3,
      on_time: 3,
      late: [],
      missing: [],
      duplicates: [],
      order_violations: [],
      gap_violations: [],
      lateness_ms: { p50: -8999, p95: -6000, max: -6000 },
      makespan_ms: 4000,
    });
  });

  it('has neither lateness nor makespan while nothing is answered', () => {
    expect(grade(parentAndChild, [])).toMatchObject({
      answered: 0,
      missing: ['e1', 'e2'],
      lateness_ms: null,
      makespan_ms: null,
    });
  });

  it('tells who is late, by how much, by the time of arrival', () => {
    const posts = [
      aPost('e1', 10_000, { answeredAt: startedAt + 12_000 }),
      aPost('e2', 10_000.25, { answeredAt: startedAt + 12_000 }),
    ];

    const { on_time, late } = grade([anEmail('e1'), anEmail('e2')], posts);

    expect({ on_time, late }).toEqual({ on_time: 1, late: [{ email_id: 'e2', by_ms: 0.25 }] });
  });

  it('takes the first send of an email, and counts every further one as a duplicate', () => {
    const again = { outcome: 'duplicate', key: 'other' } as const;
    const posts = [aPost('e1', 9000), aPost('e1', 11_000, again), aPost('e1', 12_000, again)];

    expect(grade([anEmail('e1')], posts)).toMatchObject({
      answered: 1,
      on_time: 1,
      duplicates: ['e1', 'e1'],
    });
  });

  it('does not count what was refused, answered by a fault, or repeated', () => {
    const posts = [
      aPost('e1', 1000, { outcome: 'refused', status: 400 }),
      aPost('e1', 1200, { outcome: 'faulted', status: 503 }),
      aPost('e2', 2000),
      aPost('e2', 2200, { outcome: 'repeated' }),
    ];

    expect(grade([anEmail('e1'), anEmail('e2')], posts)).toMatchObject({
      answered: 1,
      missing: ['e1'],
      duplicates: [],
    });
  });

  it('finds an email that came before one it depends on, and one whose parent never came', () => {
    const early = grade(parentAndChild, [aPost('e2', 1000), aPost('e1', 1000.5)]);
    const alone = grade(parentAndChild, [aPost('e2', 1000)]);

    expect(early.order_violations).toEqual([{ email_id: 'e2', parent: 'e1', by_ms: 0.5 }]);
    expect(early.gap_violations).toEqual([]);
    expect(alone.order_violations).toEqual([{ email_id: 'e2', parent: 'e1', by_ms: null }]);
  });

  it.each([
    [-50, 1],
    [0, 1],
    [99, 1],
    [100, 0],
  ])('of a gap of %i µs after the parent’s answer finds %i too short', (gapUs, violations) => {
    const answeredAt = startedAt + 2000;
    const posts = [aPost('e1', 1000, { answeredAt }), aPost('e2', 2000 + gapUs / 1000)];

    const { gap_violations, order_violations } = grade(parentAndChild, posts);

    expect(gap_violations).toHaveLength(violations);
    expect(order_violations).toEqual([]);
    if (violations) expect(gap_violations[0]?.gap_us).toBe(gapUs);
  });

  it('counts the gap from the first answer that arrived, if one was lost', () => {
    const lost = aPost('e1', 1000, { lost: true });
    const repeated = aPost('e1', 3000, { outcome: 'repeated', answeredAt: startedAt + 3001 });

    const eager = grade(parentAndChild, [lost, aPost('e2', 2000), repeated]);
    const patient = grade(parentAndChild, [lost, repeated, aPost('e2', 3002)]);
    const resigned = grade(parentAndChild, [lost, aPost('e2', 2000)]);

    expect(eager.gap_violations).toEqual([{ email_id: 'e2', parent: 'e1', gap_us: -1_001_000 }]);
    expect(patient.gap_violations).toEqual([]);
    expect(resigned.gap_violations).toEqual([]);
  });

  it('does not count the gap from an answer to a duplicate that came later', () => {
    const duplicate = aPost('e1', 5000, { outcome: 'duplicate' });

    const { gap_violations } = grade(parentAndChild, [
      aPost('e1', 1000),
      aPost('e2', 2000),
      duplicate,
    ]);

    expect(gap_violations).toEqual([]);
  });

  it('finds a dependent that came while the parent’s answer was still to be sent', () => {
    const posts = [aPost('e1', 1000, { answeredAt: null }), aPost('e2', 2000)];

    expect(grade(parentAndChild, posts).gap_violations).toEqual([
      { email_id: 'e2', parent: 'e1', gap_us: null },
    ]);
  });

  it('takes a deadline that is written as a text, and leaves out an email whose deadline is none', () => {
    const emails = [
      { ...anEmail('e1'), deadline: '10' },
      { ...anEmail('e2'), deadline: null },
    ];

    expect(grade(emails, [aPost('e1', 9000)])).toMatchObject({ total: 1, on_time: 1 });
  });

  it('overlooks dependencies on emails that are not of the run', () => {
    const stray = anEmail('e1', { dependencies: ['e99'] });

    expect(grade([stray], [aPost('e1', 1000)]).order_violations).toEqual([]);
  });
});
