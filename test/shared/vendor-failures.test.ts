import { describe, expect, it } from 'vitest';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { countVendorFailure } from '../../lambdas/shared/log.ts';
import { recordedMeter } from '../support/log.ts';

const countedFor = (code: string) => {
  const meter = recordedMeter();
  countVendorFailure(retryLater(code, 'It failed.'), meter);
  return Object.keys(meter.counts);
};

describe('a failure', () => {
  it.each([
    ['openai_busy', 'OpenAiFailed'],
    ['openai_quota', 'OpenAiFailed'],
    ['run_failed', 'OpenAiFailed'],
    ['run_cancelled', 'OpenAiFailed'],
    ['run_timed_out', 'OpenAiFailed'],
    ['twilio_not_sent', 'TwilioFailed'],
    ['twilio_unsure', 'TwilioFailed'],
    ['mailbox_unavailable', 'MailboxFailed'],
    ['mailbox_refused', 'MailboxFailed'],
  ])('of the code %s counts as %s', (code, metric) => {
    expect(countedFor(code)).toEqual([metric]);
  });

  it('whose cause is our own code counts for no vendor', () => {
    const meter = recordedMeter();
    const cause = new TypeError('x is not a function');

    countVendorFailure(retryLater('twilio_unsure', 'It failed.', { cause }), meter);

    expect(meter.counts).toEqual({});
  });

  it.each(['store', 'turn_taken', 'thread_busy', 'mailbox_missing', 'unexpected'])(
    'of our own (%s) counts for no vendor',
    (code) => {
      expect(countedFor(code)).toEqual([]);
    },
  );
});
