import { Duration } from 'aws-cdk-lib';
import {
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CountMetric } from '../../lambdas/shared/metrics.ts';
import type { NodeFunction } from '../constructs/node-function.ts';
import type { ApiMetrics } from '../constructs/public-api.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';
import type { ProductMetrics } from './product-metrics.ts';

const minutes = 5;
const every = { period: Duration.minutes(minutes) };

/** Graphs side by side over the whole width; each axis begins at 0. */
const row = (graphs: Pick<GraphWidgetProps, 'title' | 'left' | 'leftYAxis'>[]): IWidget[] =>
  graphs.map(
    (graph) =>
      new GraphWidget({
        width: Math.floor(24 / graphs.length),
        height: 6,
        ...graph,
        leftYAxis: { min: 0, showUnits: false, ...graph.leftYAxis },
      }),
  );

const seconds = { label: 'seconds' };

const math = (expression: string, label: string, usingMetrics: Record<string, IMetric>) =>
  new MathExpression({ expression, label, usingMetrics, ...every });

export const replyRow = (metrics: ProductMetrics): IWidget[] =>
  row([
    {
      title: 'WhatsApp replies a minute',
      left: [
        math(`sent / ${minutes}`, 'replies', { sent: metrics.count('RepliesSent') }),
        math(`received / ${minutes}`, 'messages received', {
          received: metrics.count('MessagesReceived'),
        }),
      ],
    },
    {
      title: 'From webhook to reply',
      left: ['p50', 'p95', 'p99'].map((share) => metrics.seconds('ReplySeconds', share, share)),
      leftYAxis: seconds,
    },
    {
      title: 'What went wrong with replies',
      left: counts(metrics, {
        RepliesNotRecorded: 'not recorded',
        RepliesWithheld: 'withheld (suspended)',
        RepliesSlowed: 'slowed (one customer writes without end)',
        MessagesRejected: 'refused by Twilio',
        MessagesUndelivered: 'undelivered',
        DeadLettered: 'dead letters',
        SignatureRejected: 'signatures refused',
      }),
    },
  ]);

/** Where the time goes: the three parts of a reply, each by itself. */
export const waitingRow = (metrics: ProductMetrics): IWidget[] =>
  row(
    (
      [
        ['QueueSeconds', 'Thereof in the queue'],
        ['RunSeconds', 'Thereof the model'],
        ['SendSeconds', 'Thereof sending'],
      ] as const
    ).map(([name, title]) => ({
      title,
      left: ['p50', 'p95', 'p99'].map((share) => metrics.seconds(name, share, share)),
      leftYAxis: seconds,
    })),
  );

/** How agents answer on web pages. */
export const turnRow = (metrics: ProductMetrics): IWidget[] =>
  row([
    {
      title: 'Answers on web pages a minute',
      left: [
        math(`answered / ${minutes}`, 'answers', { answered: metrics.count('TurnsAnswered') }),
      ],
    },
    {
      title: 'From the message to the first words',
      left: ['p50', 'p95', 'p99'].map((share) =>
        metrics.seconds('FirstWordsSeconds', share, share),
      ),
      leftYAxis: seconds,
    },
    {
      title: 'Answers on web pages that failed',
      left: counts(metrics, { TurnsFailed: 'failed' }),
    },
  ]);

const dollars = 'FILL(micro, 0) / 1000000';

export const modelRow = (metrics: ProductMetrics): IWidget[] =>
  row([
    {
      title: 'Tokens of the model',
      left: counts(metrics, { ModelInputTokens: 'in', ModelOutputTokens: 'out' }),
    },
    {
      title: 'Cost of the model, by list prices',
      left: [math(dollars, 'dollars', { micro: metrics.count('ModelMicroDollars') })],
    },
    {
      title: 'Dollars a reply or email (known prices alone)',
      left: [
        math(`${dollars} / (FILL(replies, 0) + FILL(emails, 0))`, 'dollars', {
          micro: metrics.count('ModelMicroDollars'),
          replies: metrics.count('RepliesSent'),
          emails: metrics.count('EmailsSent'),
        }),
      ],
    },
    {
      title: 'The model: failures, and answers of unknown cost',
      left: counts(metrics, {
        OpenAiFailed: 'failures',
        AnswersHandedOn: 'handed on to the next tier',
        ModelCostUnknown: 'cost unknown',
      }),
    },
  ]);

export const emailRow = (metrics: ProductMetrics): IWidget[] =>
  row([
    {
      title: 'Emails against their deadlines',
      left: [
        math('FILL(sent, 0) - FILL(late, 0)', 'on time', {
          sent: metrics.count('EmailsSent'),
          late: metrics.count('EmailsLate'),
        }),
        ...counts(metrics, { EmailsLate: 'late', EmailsRefused: 'refused by the mailbox' }),
      ],
    },
    {
      title: 'Email runs',
      left: counts(metrics, { RunsStarted: 'begun', RunsFailed: 'failed before they began' }),
    },
    {
      title: 'Vendors that fail',
      left: counts(metrics, {
        OpenAiFailed: 'OpenAI',
        TwilioFailed: 'Twilio',
        MailboxFailed: 'mailbox',
      }),
    },
  ]);

export const leadRow = (metrics: ProductMetrics): IWidget[] =>
  row([
    {
      title: 'Leads',
      left: counts(metrics, {
        InsightCreated: 'classified',
        TriageFallback: 'by the rules though a model is configured',
        TriageFailed: 'failed',
      }),
    },
    {
      title: 'From intake to insight',
      left: ['p50', 'p95', 'p99'].map((share) => metrics.seconds('TriageDelay', share, share)),
      leftYAxis: seconds,
    },
    {
      title: 'Webhooks to companies',
      left: counts(metrics, {
        WebhookDelivered: 'delivered',
        WebhookFailed: 'failed',
        WebhookDisabled: 'endpoints disabled',
      }),
    },
  ]);

export const queueRow = (queues: WorkerQueue[]): IWidget[] =>
  row([
    {
      title: 'Messages that wait',
      left: queues.map(({ queue, baseName }) =>
        queue.metricApproximateNumberOfMessagesVisible({ ...every, label: baseName }),
      ),
    },
    {
      title: 'Age of the oldest message',
      left: queues.map(({ queue, baseName }) =>
        queue.metricApproximateAgeOfOldestMessage({ ...every, label: baseName }),
      ),
      leftYAxis: seconds,
    },
    {
      title: 'Dead letters',
      left: queues.map(({ deadLetterQueue, baseName }) =>
        deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...every, label: baseName }),
      ),
    },
  ]);

export const functionRow = (functions: NodeFunction[]): IWidget[] =>
  row([
    {
      title: 'Errors of functions',
      left: functions.map((one) => one.metricErrors({ ...every, label: one.baseName })),
    },
    {
      title: 'Duration of functions, p95',
      left: functions.map((one) =>
        one.metricDuration({ ...every, statistic: 'p95', label: one.baseName }),
      ),
      leftYAxis: { label: 'milliseconds' },
    },
    {
      title: 'Throttled invocations',
      left: functions.map((one) => one.metricThrottles({ ...every, label: one.baseName })),
    },
  ]);

export const apiRow = (api: ApiMetrics, metrics: ProductMetrics): IWidget[] =>
  row([
    { title: 'Requests', left: [api.requests, api.refused, api.failed] },
    { title: 'Latency of the API, p95', left: [api.latencyP95] },
    {
      title: 'Callers who were refused',
      left: counts(metrics, {
        Unauthenticated: 'unknown (401)',
        Forbidden: 'not allowed (403)',
        RateLimited: 'too often (429)',
      }),
    },
  ]);

const counts = (metrics: ProductMetrics, labels: Partial<Record<CountMetric, string>>): IMetric[] =>
  (Object.entries(labels) as [CountMetric, string][]).map(([name, label]) =>
    metrics.count(name, label),
  );
