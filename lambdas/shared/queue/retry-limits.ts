import { type EngineError, isOwnFault } from '../errors.ts';

/** Codes by which somebody whom we need cannot be had at the moment, whatever is asked of them. */
const outages =
  /^(openai_(unreachable|unreadable|busy|quota|failed)|run_cancelled|twilio_(not_sent|unsure|list|media)|mailbox_unavailable|store|secret_unavailable|event_not_published)$/;

/** How many failures of one kind are borne before work goes to the dead letters. */
export interface RetryLimits {
  maxAttempts: number;
  /** For outages, which pass by themselves: with pauses of up to two minutes, about a quarter of an hour. */
  outageAttempts: number;
}

export const outageAttempts = 15;

/** Whether it says nothing about the work itself, which is as good as before once the outage is over. A fault of our own code does not pass. */
export const isOutage = ({ next, code, cause }: EngineError): boolean =>
  next === 'retry' && outages.test(code) && !isOwnFault(cause);

/** After how many failures of this kind work is given up. */
export const maxAttemptsFor = (error: EngineError, patience: RetryLimits): number =>
  isOutage(error) ? patience.outageAttempts : patience.maxAttempts;
