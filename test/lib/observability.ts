import { metricNamespace } from '../../lambdas/shared/metrics.ts';
import { type Resource, resourcesOf, type templateOf } from '../support/stack.ts';

type Stack = ReturnType<typeof templateOf>;

/** One metric that an alarm looks at. */
export interface Watched {
  namespace: string;
  name: string;
  dimensions: { Name: string; Value: unknown }[];
  statistic: string;
  periodSeconds: number;
}

/** The stack's alarms by their names without prefix and stage, such as `replies-late`. */
export const alarmsOf = (template: Stack): Record<string, Resource['Properties']> =>
  Object.fromEntries(
    resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
      /^acme-(.*)-(?:local|dev|prod)$/.exec(Properties.AlarmName)?.[1] ?? Properties.AlarmName,
      Properties,
    ]),
  );

/** The metrics behind an alarm, whether it looks at one or at an expression. */
export function watchedBy(alarm: Resource['Properties']): Watched[] {
  if (!alarm.Metrics) return [watched(alarm, alarm.Statistic ?? alarm.ExtendedStatistic, alarm)];
  return alarm.Metrics.filter((one: Resource['Properties']) => one.MetricStat).map(
    ({ MetricStat: { Metric, Stat, Period } }: Resource['Properties']) =>
      watched(Metric, Stat, { Period }),
  );
}

const watched = (
  metric: Resource['Properties'],
  statistic: string,
  { Period }: { Period: number },
): Watched => ({
  namespace: metric.Namespace,
  name: metric.MetricName,
  dimensions: metric.Dimensions,
  statistic,
  periodSeconds: Period,
});

/** The expression by which an alarm reckons; undefined where it looks at one metric. */
export const expressionOf = (alarm: Resource['Properties']): string | undefined =>
  alarm.Metrics?.find((one: Resource['Properties']) => one.Expression)?.Expression;

/** The dashboard as CloudWatch reads it, with the resources' names for what is known at deployment alone. */
export function dashboardOf(template: Stack): { widgets: Widget[] } {
  const [[, dashboard] = []] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  const body = dashboard?.Properties.DashboardBody['Fn::Join'][1] as unknown[];
  return JSON.parse(
    body
      .map((part) => (typeof part === 'string' ? part : JSON.stringify(part).replace(/"/g, '')))
      .join(''),
  );
}

export interface Widget {
  type: string;
  width: number;
  properties: { title: string; metrics: unknown[][] };
}

/** The names of the product's own metrics in a dashboard. */
export const shownIn = (template: Stack): string[] =>
  dashboardOf(template)
    .widgets.flatMap(({ properties }) => properties.metrics)
    .filter(([namespace]) => namespace === metricNamespace)
    .map(([, name]) => String(name));
