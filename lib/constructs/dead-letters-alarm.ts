import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

/** Rings as long as a dead-letter queue holds anything. */
export function alarmOnDeadLetters(
  scope: Construct,
  queue: Queue,
  meaning: { deployment: Deployment; about: string; impact: string },
): void {
  new RunbookAlarm(scope, 'DeadLettersAlarm', {
    ...meaning,
    runbook: 'Dead letters',
    metric: queue.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(1),
    }),
    from: 1,
    // SQS stops telling of a queue that nobody has touched for hours: what was in it is still there.
    missing: TreatMissingData.IGNORE,
  });
}
