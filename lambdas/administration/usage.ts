import type { Clock } from '../shared/clock.ts';
import { invalid } from '../shared/http/faults.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { dateOf } from '../tenancy/stores/usage-counter.ts';
import { limits } from './limits.ts';
import { routes } from './routes.ts';
import type { DayOfUsage, UsageReader } from './stores/usage-reader.ts';

export interface UsagePorts {
  usageReader: UsageReader;
  clock: Pick<Clock, 'now'>;
}

const msPerDay = 86_400_000;
const defaultDays = 30;

/** What a tenant has used, by day. */
export function serveUsage(serve: Serve, { usageReader, clock }: UsagePorts): void {
  serve(routes.usage, async ({ query, caller: { tenant_id } }) => {
    const to = query.to ?? dateOf(clock.now());
    const from = query.from ?? dateOf(Date.parse(to) - (defaultDays - 1) * msPerDay);
    const count = (Date.parse(to) - Date.parse(from)) / msPerDay + 1;
    if (count < 1 || count > limits.usageDays) {
      const detail = `It is at most ${limits.usageDays - 1} days before "to", and not after it.`;
      return invalid([{ pointer: 'from', detail }]);
    }
    const days = await usageReader.days(tenant_id, from, to);
    return { body: { tenant_id, from, to, total: sum(days), days } };
  });
}

const sum = (days: DayOfUsage[]) => ({
  requests: days.reduce((total, day) => total + day.requests, 0),
  replies: days.reduce((total, day) => total + day.replies, 0),
  emails: days.reduce((total, day) => total + day.emails, 0),
  leads: days.reduce((total, day) => total + day.leads, 0),
  lead_model_calls: days.reduce((total, day) => total + day.lead_model_calls, 0),
});
