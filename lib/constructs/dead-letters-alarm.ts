import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { House } from '../house.ts';
import { HouseAlarm } from './alarm.ts';

/** Rings as long as a dead-letter queue holds anything. */
export function alarmOnDeadLetters(
  scope: Construct,
  queue: Queue,
  meaning: { house: House; about: string; impact: string },
): void {
  new HouseAlarm(scope, 'DeadLettersAlarm', {
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
