import { isoTime } from '../../shared/clock.ts';
import { type DatedEmail, earliestSends } from './deadlines.ts';
import type { RunPlan } from './plan-run.ts';
import type { StoredRun } from './run.ts';
import { ServiceTimes } from './service-times.ts';
import { feasibleEdfPolicy, simulateSchedule } from './simulate-schedule.ts';

/** An email that will be late, and when it would be sent; milliseconds on the deadlines' clock. */
interface Lateness {
  email_id: string;
  deadline_at: number;
  earliest_at: number;
}

const maxNamed = 100;

/** What the company is told about a run before it begins: which deadlines cannot be met, and how many are at risk. */
export function admissionOf(plan: RunPlan): Pick<StoredRun, 'cannot_be_met' | 'at_risk'> {
  const impossible = unmeetable(plan);
  return {
    cannot_be_met: impossible.slice(0, maxNamed).map(({ email_id, deadline_at, earliest_at }) => ({
      // By the id that its company knows, which is not always the run's.
      email_id: plan.graph.byId.get(email_id)?.email.mailbox_id ?? email_id,
      deadline_at: isoTime(deadline_at),
      earliest_at: isoTime(earliest_at),
    })),
    at_risk: Math.max(0, atRisk(plan).length - impossible.length),
  };
}

/** The emails that no number of workers could answer in time. */
export function unmeetable({ graph, pace, startMs }: Omit<RunPlan, 'priorities'>): Lateness[] {
  const earliest = earliestSends(graph, pace, startMs);
  return graph.order.flatMap(({ email }) =>
    lateness(email, earliest.get(email.email_id) ?? startMs),
  );
}

/** The emails that the run's workers are expected to answer too late: a simulation with one constant service time. */
export function atRisk({ graph, pace, startMs, workers, priorities }: RunPlan): Lateness[] {
  const { serviceMs } = pace;
  const policy = feasibleEdfPolicy(priorities, new ServiceTimes([serviceMs]));
  const rules = { ...pace, workers, startMs, serviceMs: () => serviceMs };
  const slots = simulateSchedule(graph, rules, policy);
  return graph.order.flatMap(({ email }) =>
    lateness(email, slots.get(email.email_id)?.sentMs ?? Infinity),
  );
}

function lateness({ email_id, deadline_at }: DatedEmail, earliest_at: number): Lateness[] {
  return earliest_at > deadline_at ? [{ email_id, deadline_at, earliest_at }] : [];
}
