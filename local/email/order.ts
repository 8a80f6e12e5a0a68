import { shapes } from '../simulators/mailbox/graphs.ts';
import type { RunOrder } from '../simulators/mailbox/run-order.ts';

export { shapes };

/** Which emails are answered, and how. */
export interface EmailOptions {
  emails: number;
  shape: (typeof shapes)[number];
  seed: number;
  /** So many percent of the posts are answered 503. */
  fail: number;
  real?: boolean | undefined;
  tight?: boolean | undefined;
  content?: boolean | undefined;
  justInTime?: boolean | undefined;
  /** The file that gets the timeline as a picture. */
  svg?: string | undefined;
}

/** What the mailbox is to serve for the options. */
export const orderOf = ({ emails, shape, seed, fail, real, tight }: EmailOptions): RunOrder => ({
  count: emails,
  shape,
  seed,
  mail: real ? 'real' : 'made',
  tightness: tight ? 'tight' : 'loose',
  workers: 64,
  // Tight deadlines leave a run time to begin.
  headStartMs: 3_000,
  ...(fail > 0 && { faults: { unavailable: fail / 100 } }),
});
