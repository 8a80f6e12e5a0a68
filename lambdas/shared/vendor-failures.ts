import { type EngineError, isOwnFault } from './errors.ts';
import type { Meter } from './log.ts';
import type { CountMetric } from './metrics.ts';

/** By how a code begins, whose failure it is; what is not in here is ours. */
const vendors: [begin: RegExp, metric: CountMetric][] = [
  [
    /^(openai_|run_failed$|run_cancelled$|run_timed_out$|model_silent$|answer_too_slow$)/,
    'OpenAiFailed',
  ],
  [/^twilio_/, 'TwilioFailed'],
  [/^mailbox_(unavailable|refused)$/, 'MailboxFailed'],
];

/** Counts a failure for the vendor that it came from, if it came from one. */
export function countVendorFailure(
  { code, cause }: EngineError,
  meter: Pick<Meter, 'count'>,
): void {
  if (isOwnFault(cause)) return;
  const vendor = vendors.find(([begin]) => begin.test(code));
  if (vendor) meter.count(vendor[1]);
}
