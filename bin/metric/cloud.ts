import {
  CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type Statistic as PlainStatistic,
} from '@aws-sdk/client-cloudwatch';
import { deploymentDimension, metricNamespace } from '../../lambdas/shared/metrics.ts';
import { nameOf } from '../target.ts';
import { type Figures, type Point, periodSeconds } from './figures.ts';
import { aboutMetric } from './names.ts';

type CloudWatch = Pick<CloudWatchClient, 'send'>;

/** The figures of a deployment, by CloudWatch. */
export async function cloudFigures(
  figures: Figures,
  client: CloudWatch = new CloudWatchClient({}),
): Promise<Point[]> {
  const { metric, statistic, since, until } = figures;
  const isPercentile = statistic.startsWith('p');
  const { Datapoints: points = [] } = await client.send(
    new GetMetricStatisticsCommand({
      ...placeOf(figures),
      MetricName: metric,
      Period: periodSeconds,
      StartTime: new Date(since),
      EndTime: new Date(until),
      ...(isPercentile
        ? { ExtendedStatistics: [statistic] }
        : { Statistics: [statistic as PlainStatistic] }),
    }),
  );
  return points
    .map((point) => ({
      time: point.Timestamp?.toISOString() ?? '',
      value: isPercentile
        ? (point.ExtendedStatistics?.[statistic] ?? 0)
        : (point[statistic as PlainStatistic] ?? 0),
    }))
    .sort((a, b) => a.time.localeCompare(b.time));
}

function placeOf({ metric, of, target }: Figures): { Namespace: string; Dimensions: Dimension[] } {
  switch (aboutMetric(metric).of) {
    case 'deployment': {
      const Value = `${target.prefix}-${target.stage}`;
      return { Namespace: metricNamespace, Dimensions: [{ Name: deploymentDimension, Value }] };
    }
    case 'queue':
      return { Namespace: 'AWS/SQS', Dimensions: dimension('QueueName', queueOf(of, target)) };
    default:
      return {
        Namespace: 'AWS/Lambda',
        Dimensions: of === undefined ? [] : dimension('FunctionName', nameOf(target, of)),
      };
  }
}

const dimension = (Name: string, Value: string): Dimension[] => [{ Name, Value }];

/** The queue of the WhatsApp messages, and its dead letters', are FIFO queues. */
const queueOf = (name = '', target: Figures['target']): string =>
  nameOf(target, name) + (name.startsWith('whatsapp-replies') ? '.fifo' : '');

/** The functions of the account that ran most often at the same time, also those of others, and how often. */
export async function busiestFunctions(
  { since, until }: Pick<Figures, 'since' | 'until'>,
  client: CloudWatch = new CloudWatchClient({}),
): Promise<{ function: string; value: number }[]> {
  const { MetricDataResults: results = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(since),
      EndTime: new Date(until),
      MetricDataQueries: [
        {
          Id: 'used',
          Period: periodSeconds,
          Expression:
            'SELECT MAX(ConcurrentExecutions) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY MAX() DESC LIMIT 10',
        },
      ],
    }),
  );
  return results
    .map(({ Label = '', Values = [] }) => ({ function: Label, value: Math.max(0, ...Values) }))
    .sort((a, b) => b.value - a.value);
}
