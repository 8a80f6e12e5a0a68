import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { percentOf } from '../constructs/failure-rate.ts';
import { RunbookAlarm, type RunbookAlarmProps } from '../constructs/runbook-alarm.ts';
import type { Deployment } from '../deployment.ts';
import { ProductMetrics } from './product-metrics.ts';

type Rule = Omit<RunbookAlarmProps, 'deployment' | 'about'>;

/** What neither a queue nor a function can tell: that the product does not do what it is for. */
export class ProductAlarms extends Construct {
  constructor(scope: Construct, id: string, { deployment }: { deployment: Deployment }) {
    super(scope, id);
    const metrics = new ProductMetrics(deployment);
    for (const rule of [
      ...ofReplies(deployment, metrics),
      ofTurns(deployment, metrics),
      ...ofEmails(deployment, metrics),
      ...ofEndpoints(deployment, metrics),
      ...ofVendors(deployment, metrics),
      functionThrottled,
    ]) {
      new RunbookAlarm(this, rule.runbook.replaceAll(' ', ''), { deployment, ...rule });
    }
  }
}

const ofReplies = ({ stage }: Deployment, metrics: ProductMetrics): Rule[] => [
  {
    runbook: 'Replies not recorded',
    impact: 'Customers have answers that our transcripts lack',
    metric: metrics.count('RepliesNotRecorded'),
    from: 1,
  },
  {
    runbook: 'Replies late',
    impact: 'Customers on WhatsApp wait for their answers',
    metric: metrics.seconds('ReplySeconds', 'p90'),
    from: stage.alarmsFrom.replySeconds,
    periods: 3,
    badPeriods: 2,
  },
  {
    runbook: 'Messages undelivered',
    impact: 'Customers do not get the answers that were sent to them',
    metric: metrics.sum(['MessagesUndelivered', 'MessagesRejected'], 'undelivered'),
    from: 5,
    periods: 2,
  },
];

/** A turn that nobody works on is a message that waits in its queue, or a dead letter: each has its own alarm. */
const ofTurns = ({ stage }: Deployment, metrics: ProductMetrics): Rule => ({
  runbook: 'Web answers fail',
  impact: 'Visitors of web pages are told that no answer could be given',
  metric: metrics.count('TurnsFailed'),
  from: stage.alarmsFrom.failedTurns,
  periods: 3,
  badPeriods: 2,
});

const ofEmails = ({ stage }: Deployment, metrics: ProductMetrics): Rule[] => [
  {
    runbook: 'Deadlines missed',
    impact: 'Emails are answered after their deadlines',
    metric: percentOf(
      metrics.count('EmailsLate', 'late', 15),
      metrics.count('EmailsSent', 'sent', 15),
      stage.alarmsFrom.lateAtLeast,
      'late',
    ),
    from: stage.alarmsFrom.latePercent,
  },
  {
    runbook: 'Email runs fail',
    impact: 'None of the emails of a run are answered',
    metric: metrics.count('RunsFailed'),
    from: 1,
  },
];

const ofEndpoints = ({ stage }: Deployment, metrics: ProductMetrics): Rule[] => [
  {
    runbook: 'Number not registered',
    impact: 'Customers who write to that number get no answers',
    metric: metrics.count('UnknownChannel'),
    from: 1,
  },
  {
    runbook: 'Signatures refused',
    impact: 'Customers on WhatsApp get no answers, or somebody forges webhooks',
    metric: metrics.count('SignatureRejected'),
    from: stage.alarmsFrom.refusedSignatures,
  },
  {
    runbook: 'Callers refused',
    impact: 'A company that uses the API is locked out, or somebody tries keys',
    metric: metrics.sum(['Unauthenticated', 'Forbidden'], 'refused'),
    from: stage.alarmsFrom.refusedCallers,
  },
];

const ofVendors = ({ stage }: Deployment, metrics: ProductMetrics): Rule[] => {
  const failing = { from: stage.alarmsFrom.vendorFailures, periods: 3, badPeriods: 2 };
  return [
    {
      runbook: 'OpenAI fails',
      impact: 'Answers are late, and emails are answered by the template',
      metric: metrics.count('OpenAiFailed'),
      ...failing,
    },
    {
      runbook: 'Twilio fails',
      impact: 'Answers to customers on WhatsApp are made, but not sent',
      metric: metrics.count('TwilioFailed'),
      ...failing,
    },
    {
      runbook: 'Mailbox fails',
      impact: 'Emails cannot be fetched, or their answers not be handed in',
      metric: metrics.count('MailboxFailed'),
      ...failing,
    },
  ];
};

/**
 * Of all functions of the account and region, because its concurrency is what they share: one alarm in place of one for
 * each function, all of which would ring together.
 */
const functionThrottled: Rule = {
  runbook: 'Function throttled',
  impact: 'Work waits, and callers of the API get 503',
  metric: new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Throttles',
    statistic: 'Sum',
    period: Duration.minutes(5),
  }),
  from: 1,
  periods: 3,
};
