import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { busiestFunctions, cloudFigures } from '../../../bin/metric/cloud.ts';
import type { Figures } from '../../../bin/metric/figures.ts';
import { localFigures } from '../../../bin/metric/local.ts';
import { aboutMetric, metricNames } from '../../../bin/metric/names.ts';
import { runtimeLines } from '../../../local/cloud/runtime-lines.ts';
import { functionLogs } from '../../../local/function-logs.ts';

const at = Date.UTC(2026, 10, 29, 10);
const minutes = (count: number) => at + count * 60_000;

const asked = (more: Partial<Figures>): Figures => ({
  metric: 'RepliesSent',
  statistic: 'Sum',
  target: { stage: 'prod', prefix: 'acme' },
  since: at,
  until: minutes(60),
  ...more,
});

describe('the figures of a deployment on AWS', () => {
  const cloudWatch = mockClient(CloudWatchClient);
  afterAll(() => cloudWatch.restore());
  const inputOf = async (more: Partial<Figures>) => {
    cloudWatch.reset();
    cloudWatch.on(GetMetricStatisticsCommand).resolves({});
    await cloudFigures(asked(more), new CloudWatchClient({}));
    return cloudWatch.commandCalls(GetMetricStatisticsCommand)[0]?.args[0].input;
  };

  it('come in the order of time', async () => {
    cloudWatch.on(GetMetricStatisticsCommand).resolves({
      Datapoints: [
        { Timestamp: new Date(minutes(5)), Sum: 2 },
        { Timestamp: new Date(at), Sum: 1 },
      ],
    });

    expect(await cloudFigures(asked({}), new CloudWatchClient({}))).toEqual([
      { time: '2026-11-29T10:00:00.000Z', value: 1 },
      { time: '2026-11-29T10:05:00.000Z', value: 2 },
    ]);
  });

  it('are the product’s own, of one deployment', async () => {
    expect(await inputOf({})).toMatchObject({
      Namespace: 'RepliesEngine',
      MetricName: 'RepliesSent',
      Dimensions: [{ Name: 'deployment', Value: 'acme-prod' }],
      Statistics: ['Sum'],
      Period: 300,
    });
    expect(await inputOf({ metric: 'ReplySeconds', statistic: 'p90' })).toMatchObject({
      ExtendedStatistics: ['p90'],
    });
  });

  it.each([
    ['ApproximateAgeOfOldestMessage', 'whatsapp-replies', 'acme-whatsapp-replies-prod.fifo'],
    ['ApproximateAgeOfOldestMessage', 'leads', 'acme-leads-prod'],
    ['Errors', 'reply-processor', 'acme-reply-processor-prod'],
  ] as const)('are AWS’s own of a queue or a function: %s %s', async (metric, of, Value) => {
    expect(await inputOf({ metric, of })).toMatchObject({ Dimensions: [{ Value }] });
  });

  it('are those of the account where no function is named', async () => {
    expect(await inputOf({ metric: 'ConcurrentExecutions' })).toMatchObject({
      Namespace: 'AWS/Lambda',
      Dimensions: [],
    });
  });

  it('name the busiest functions of the account', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Label: 'theirs', Values: [1, 3] },
        { Label: 'acme-receive-prod', Values: [7] },
      ],
    });

    expect(await busiestFunctions(asked({}), new CloudWatchClient({}))).toEqual([
      { function: 'acme-receive-prod', value: 7 },
      { function: 'theirs', value: 3 },
    ]);
  });
});

describe('the figures of the local cloud', () => {
  const target = { stage: 'local', prefix: 'acme' } as const;
  const folderWith = (...lines: string[]) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'figures-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const keep = functionLogs(folder);
    for (const line of lines) keep('acme-receive-local', line);
    return folder;
  };
  const counted = (minute: number, values: object) =>
    JSON.stringify({ _aws: { Timestamp: minutes(minute) }, deployment: 'acme-local', ...values });
  const logged = [
    counted(-1, { RepliesSent: 9 }),
    counted(1, { RepliesSent: 1 }),
    counted(4, { RepliesSent: [1, 1], ReplySeconds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 20] }),
    counted(6, { RepliesSent: 4 }),
    counted(7, { ReplySeconds: 3 }),
  ];
  const values = async (more: Partial<Figures>) =>
    (await localFigures(asked({ target, ...more }), folderWith(...logged))).map(
      ({ value }) => value,
    );

  it('are taken together by five minutes, from the lines of the logs', async () => {
    expect(await localFigures(asked({ target }), folderWith(...logged))).toEqual([
      { time: '2026-11-29T10:00:00.000Z', value: 3 },
      { time: '2026-11-29T10:05:00.000Z', value: 4 },
    ]);
  });

  it.each([
    ['p90', 9],
    ['p50', 5],
    ['Maximum', 20],
    ['Average', 6.5],
    ['Sum', 65],
  ] as const)('are what CloudWatch calls %s', async (statistic, value) => {
    expect(await values({ metric: 'ReplySeconds', statistic })).toEqual([value, 3]);
  });

  it('count the errors of a function by what the runtime writes', async () => {
    const now = Date.now();
    const folder = folderWith(
      runtimeLines.invokeError('r1', new Error('lost')),
      runtimeLines.timedOut('r2', 60),
      '{"level":"ERROR","message":"Foreseen."}',
    );
    const figures = { metric: 'Errors', of: 'receive', target, since: now - 1_000 } as const;

    const points = await localFigures(asked({ ...figures, until: now + 300_000 }), folder);

    expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(2);
  });

  it('are not those of queues, of which there is no history', async () => {
    const figures = { metric: 'ApproximateAgeOfOldestMessage', of: 'leads', target } as const;

    await expect(localFigures(asked(figures), folderWith())).rejects.toThrow('replies dlq list');
  });
});

describe('a metric', () => {
  it('is summed where it counts, and bounded for nine in ten where it is a time', () => {
    expect(aboutMetric('RepliesSent')).toEqual({ of: 'deployment', statistic: 'Sum' });
    expect(aboutMetric('ReplySeconds')).toEqual({ of: 'deployment', statistic: 'p90' });
    expect(new Set(metricNames).size).toBe(metricNames.length);
  });
});
