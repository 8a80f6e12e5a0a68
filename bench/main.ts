import { coldStart } from './cold-start/cold-start.bench.ts';
import { cost } from './cost/cost.bench.ts';
import { emailPolicy } from './email-policy/email-policy.bench.ts';
import { triage } from './triage/triage.bench.ts';

/** How each bench is run. */
export const benches = {
  'email-policy': emailPolicy,
  triage,
  cost,
  'cold-start': coldStart,
} satisfies Record<string, (what?: string) => void | Promise<void>>;
