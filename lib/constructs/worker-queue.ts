import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { alarmOnDeadLetters } from './dead-letters-alarm.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface WorkerQueueProps {
  deployment: Deployment;
  /** Without prefix, environment and `.fifo`. */
  name: string;
  /** Whether its messages keep the order of their group; the groups move independently of each other. */
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
  /** Who is hurt when its work is not done, as a sentence without its full stop. */
  impact: string;
  /** How long a message may rightly stay, with all that it waits for. */
  oldestSeconds: number;
}

const retentionDays = 4;
const deadLettersKeptDays = 14;

/** A queue of work with its dead-letter queue, and alarms when either holds what it should not. */
export class WorkerQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  /** As alarms and the dashboard name it. */
  readonly baseName: string;

  constructor(scope: Construct, id: string, props: WorkerQueueProps) {
    super(scope, id);
    const { deployment, fifo, name, impact } = props;
    this.baseName = name;
    const nameOf = (name: string) => deployment.nameOf(name) + (fifo ? '.fifo' : '');
    const common = {
      ...(fifo && { fifo }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: deployment.stage.removalPolicy,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: nameOf(`${props.name}-dlq`),
      retentionPeriod: Duration.days(deadLettersKeptDays),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: nameOf(props.name),
      retentionPeriod: Duration.days(retentionDays),
      visibilityTimeout: Duration.seconds(props.visibilityTimeoutSeconds),
      ...(fifo && {
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
    alarmOnDeadLetters(this, this.deadLetterQueue, { deployment, about: name, impact });
    new RunbookAlarm(this, 'WorkWaits', {
      deployment,
      about: name,
      impact,
      runbook: 'Work waits',
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
      from: props.oldestSeconds,
      periods: 5,
    });
  }
}
