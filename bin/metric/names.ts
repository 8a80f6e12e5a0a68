import { countMetrics, timeMetrics } from '../../lambdas/shared/metrics.ts';

export const statistics = ['Sum', 'Average', 'Maximum', 'p50', 'p90', 'p99'] as const;
export type Statistic = (typeof statistics)[number];

/** What AWS itself counts: of a queue, of a function, or of the whole account where neither is named. */
const ofAws = {
  ApproximateAgeOfOldestMessage: { of: 'queue', statistic: 'Maximum' },
  ApproximateNumberOfMessagesVisible: { of: 'queue', statistic: 'Maximum' },
  Errors: { of: 'function', statistic: 'Sum' },
  Invocations: { of: 'function', statistic: 'Sum' },
  Throttles: { of: 'function', statistic: 'Sum' },
  ConcurrentExecutions: { of: 'function', statistic: 'Maximum' },
} as const satisfies Record<string, { of: 'queue' | 'function'; statistic: Statistic }>;

type AwsMetric = keyof typeof ofAws;
export type MetricName = AwsMetric | (typeof countMetrics)[number] | (typeof timeMetrics)[number];

export const metricNames: readonly MetricName[] = [
  ...countMetrics,
  ...timeMetrics,
  ...(Object.keys(ofAws) as AwsMetric[]),
];

interface AboutMetric {
  /** What AWS counts it of; the product's own are of the deployment. */
  of: 'deployment' | 'queue' | 'function';
  statistic: Statistic;
}

export function aboutMetric(name: MetricName): AboutMetric {
  if (Object.hasOwn(ofAws, name)) return ofAws[name as AwsMetric];
  const isTime = (timeMetrics as readonly string[]).includes(name);
  return { of: 'deployment', statistic: isTime ? 'p90' : 'Sum' };
}
