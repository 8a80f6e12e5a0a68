import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyIds } from '../../../bench/email-runs/gradable.ts';
import { shapes } from '../../../bench/email-runs/graphs.ts';
import { type MailOrder, makeMail } from '../../../bench/email-runs/mail.ts';
import type { MailboxEmail } from '../../../local/simulators/mailbox/email.ts';

const mail = (order: Partial<MailOrder> = {}) =>
  makeMail({ count: 200, tightness: 'tight', ...order });

/** How many of them workers of equal speed answer in time who take the earliest deadline first. */
function onTimeByEarliestDeadline(emails: MailboxEmail[], workers: number, serviceMs: number) {
  const waiting = new Map(emails.map((email) => [email.email_id, email]));
  const done = new Set<string>();
  let onTime = 0;
  for (let now = serviceMs; waiting.size > 0; now += serviceMs) {
    const taken = [...waiting.values()]
      .filter((email) => dependencyIds(email).every((id) => done.has(id)))
      .sort((a, b) => a.deadline - b.deadline)
      .slice(0, workers);
    for (const { email_id, deadline } of taken) {
      waiting.delete(email_id);
      done.add(email_id);
      if (now <= deadline * 1000) onTime += 1;
    }
  }
  return onTime / emails.length;
}

describe('the mail of a run', () => {
  it('has distinct ids, texts, positive deadlines, and dependencies within the run', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.nat({ max: 60 }),
        fc.integer(),
        (shape, count, seed) => {
          const emails = mail({ shape, count, seed });

          const ids = new Set(emails.map(({ email_id }) => email_id));
          expect(ids.size).toBe(count);
          expect(emails.flatMap(dependencyIds).filter((id) => !ids.has(id))).toEqual([]);
          const bad = emails.filter((one) => !(one.deadline > 0) || !one.subject || !one.body);
          expect(bad).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is the same for the same seed, and other for another', () => {
    expect(mail({ seed: 3 })).toEqual(mail({ seed: 3 }));
    expect(mail({ seed: 3 })).not.toEqual(mail({ seed: 4 }));
  });

  it('writes dependencies as lists and as text, with and without spaces', () => {
    const written = mail({ shape: 'layered' }).map(({ dependencies }) => dependencies);

    expect(written.some((one) => Array.isArray(one) && one.length > 1)).toBe(true);
    expect(written.some((one) => typeof one === 'string' && /\w,\w/.test(one))).toBe(true);
    expect(written.some((one) => typeof one === 'string' && one.includes(', '))).toBe(true);
    expect(written).toContain('');
  });

  it('comes in an order that is no order of answering', () => {
    const emails = mail({ shape: 'chain', count: 20 });

    const seen = new Set<string>();
    const early = emails.filter((email) => {
      seen.add(email.email_id);
      return dependencyIds(email).some((id) => !seen.has(id));
    });
    expect(early.length).toBeGreaterThan(0);
  });

  it('is varied, and follow-ups name what they follow', () => {
    const emails = mail({ shape: 'chain', count: 2 });

    expect(new Set(mail().map(({ body }) => body)).size).toBeGreaterThan(100);
    const first = emails.find((email) => dependencyIds(email).length === 0);
    const second = emails.find((email) => dependencyIds(email).length === 1);
    expect(second?.subject).toBe(`Re: ${first?.subject}`);
    expect(second?.body).toContain(`“${first?.subject}”`);
  });

  it('is made fast enough for 10,000 emails', () => {
    expect(mail({ count: 10_000, workers: 64 })).toHaveLength(10_000);
  });
});

describe.each(shapes)('the deadlines of %s mail', (shape) => {
  it('can nearly all be met when they are tight, but not by half as many workers', () => {
    const emails = mail({ shape, count: 400 });

    expect(onTimeByEarliestDeadline(emails, 8, 500)).toBeGreaterThan(0.9);
    if (shape !== 'chain') expect(onTimeByEarliestDeadline(emails, 4, 500)).toBeLessThan(0.8);
  });

  it('are all met with ease when they are loose', () => {
    const emails = mail({ shape, count: 400, tightness: 'loose' });

    expect(onTimeByEarliestDeadline(emails, 4, 500)).toBe(1);
  });

  it('are now and then later than those of an email that waits', () => {
    const emails = mail({ shape, count: 400 });
    const deadlines = new Map(emails.map(({ email_id, deadline }) => [email_id, deadline]));

    const inverted = emails.filter((email) =>
      dependencyIds(email).some((id) => (deadlines.get(id) ?? 0) > email.deadline),
    );
    expect(inverted.length > 0).toBe(shape !== 'none');
  });
});
