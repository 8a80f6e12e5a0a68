import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { House } from '../house.ts';

export interface WorkerQueueProps {
  house: House;
  /** Without prefix and environment. */
  name: string;
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
}

const keptDays = 4;
const deadLettersKeptDays = 14;

/** A queue whose messages are taken in any order, with its dead-letter queue. */
export class WorkerQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: WorkerQueueProps) {
    super(scope, id);
    const { house } = props;
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: house.stage.removalPolicy,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: house.nameOf(`${props.name}-dlq`),
      retentionPeriod: Duration.days(deadLettersKeptDays),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: house.nameOf(props.name),
      retentionPeriod: Duration.days(keptDays),
      visibilityTimeout: Duration.seconds(props.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
