import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../bench/seeded-random.ts';
import { prioritiesOf } from '../../../lambdas/email-deadlines/work/priorities.ts';
import { ServiceTimes } from '../../../lambdas/email-deadlines/work/service-times.ts';
import {
  feasibleEdfPolicy,
  type RunRules,
  simulateSchedule,
} from '../../../lambdas/email-deadlines/work/simulate-schedule.ts';
import { anEmail, graphOf, someEmails } from '../../support/email-run.ts';

const gapMs = 0.1;
const world = fc.record({
  kind: fc.constantFrom('order' as const, 'content' as const),
  workers: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(),
});

function runOf(
  emails: Parameters<typeof graphOf<ReturnType<typeof anEmail>>>[0],
  rules: Partial<RunRules> & Pick<RunRules, 'kind' | 'workers'>,
) {
  const graph = graphOf(emails);
  const all = { startMs: 0, gapMs, serviceMs: () => 500, ...rules };
  const times = new ServiceTimes([500]);
  return simulateSchedule(graph, all, feasibleEdfPolicy(prioritiesOf(graph, all, times), times));
}

describe('a run', () => {
  it('drafts in parallel and sends in order, a gap apart, where the dependency is one of order', () => {
    const slots = runOf(
      [anEmail({ email_id: 'a' }), anEmail({ email_id: 'b', dependencies: ['a'] })],
      { kind: 'order', workers: 2 },
    );

    expect(slots.get('a')).toMatchObject({ startMs: 0, sentMs: 500, onTime: true });
    expect(slots.get('b')).toMatchObject({ startMs: 0, draftedMs: 500, sentMs: 500.1 });
  });

  it('drafts with the parents’ replies where the dependency is one of content', () => {
    const slots = runOf(
      [anEmail({ email_id: 'a' }), anEmail({ email_id: 'b', dependencies: ['a'] })],
      { kind: 'content', workers: 2 },
    );

    expect(slots.get('b')).toMatchObject({ startMs: 500, sentMs: 1_000 });
  });

  it('begins no email before it has arrived', () => {
    const slots = runOf([anEmail({ email_id: 'a' })], {
      kind: 'order',
      workers: 1,
      arrivalMs: () => 2_000,
    });

    expect(slots.get('a')?.startMs).toBe(2_000);
  });

  it('gives each email to one worker once, and never one before its dependencies', () => {
    fc.assert(
      fc.property(someEmails, world, (emails, { kind, workers, seed }) => {
        const random = seededRandom(seed);
        const begun: string[] = [];
        const slots = runOf(emails, {
          kind,
          workers,
          serviceMs: ({ email_id }) => {
            begun.push(email_id);
            return 100 + random() * 900;
          },
        });

        expect(begun.toSorted()).toEqual(emails.map(({ email_id }) => email_id).sort());
        for (const { email, startMs, draftedMs, sentMs } of slots.values()) {
          expect(sentMs).toBeLessThan(Infinity);
          expect(sentMs).toBeGreaterThanOrEqual(draftedMs);
          for (const one of email.dependencies) {
            const before = slots.get(one)?.sentMs ?? Infinity;
            expect(sentMs - before).toBeGreaterThanOrEqual(gapMs - 1e-6);
            if (kind === 'content') expect(startMs).toBeGreaterThanOrEqual(before);
          }
        }
      }),
    );
  });

  it('never has more emails at work than workers, nor a worker idle while one is ready', () => {
    fc.assert(
      fc.property(someEmails, world, (emails, { workers, seed }) => {
        const random = seededRandom(seed);
        const slots = [
          ...runOf(emails, {
            kind: 'order',
            workers,
            serviceMs: () => 100 + random() * 900,
          }).values(),
        ];

        for (const { startMs } of slots) {
          const busy = slots.filter((one) => one.startMs <= startMs && one.draftedMs > startMs);
          expect(busy.length).toBeLessThanOrEqual(workers);
          expect(startMs === 0 || slots.some((one) => one.draftedMs === startMs)).toBe(true);
        }
      }),
    );
  });
});
