import { describe, expect, it } from 'vitest';
import { alertPerson, retryLater } from '../../../lambdas/shared/errors.ts';
import {
  backoffSeconds,
  isOutage,
  maxAttemptsFor,
  outageAttempts,
} from '../../../lambdas/shared/queue/outcome.ts';

describe('an outage', () => {
  it.each([
    'openai_unreachable',
    'openai_unreadable',
    'openai_busy',
    'openai_quota',
    'run_cancelled',
    'openai_failed',
    'twilio_not_sent',
    'twilio_unsure',
    'mailbox_unavailable',
    'store',
    'secret_unavailable',
    'event_not_published',
  ])('is what the code %s says', (code) => {
    expect(isOutage(retryLater(code, 'Away.'))).toBe(true);
  });

  it.each([
    retryLater('run_failed', 'The run failed.'),
    retryLater('crashed', 'It ends each invocation.'),
    retryLater('unexpected', 'Oops.'),
    alertPerson('openai_refused', 'No such model.'),
    alertPerson('store', 'A person must look.'),
  ])('is not $code, for which a person must look ($next)', (error) => {
    expect(isOutage(error)).toBe(false);
  });

  it.each(['openai_unreachable', 'twilio_unsure', 'mailbox_unavailable', 'store'])(
    'is not %s where our own code failed, however deep inside',
    (code) => {
      const inside = new Error('Connection error.', {
        cause: new TypeError('x is not a function'),
      });

      expect(isOutage(retryLater(code, 'Away.', { cause: inside }))).toBe(false);
    },
  );

  it('is borne for at least five minutes and about a quarter of an hour', () => {
    const failures = Array.from({ length: outageAttempts - 1 }, (_, index) => index + 1);
    const minutes = (chance: number) =>
      failures.reduce((sum, n) => sum + backoffSeconds(n, () => chance), 0) / 60;

    expect(minutes(0)).toBeGreaterThan(5);
    expect(minutes(0.5)).toBeGreaterThan(12);
    expect(minutes(1)).toBeLessThan(20);
  });

  it('has a patience of its own', () => {
    const limits = { maxAttempts: 5, outageAttempts: 15 };

    expect(maxAttemptsFor(retryLater('store', 'Away.'), limits)).toBe(15);
    expect(maxAttemptsFor(retryLater('run_failed', 'Failed.'), limits)).toBe(5);
  });
});
