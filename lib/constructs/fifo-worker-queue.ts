import { Duration } from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { House } from '../house.ts';

export interface FifoWorkerQueueProps {
  house: House;
  /** Without prefix, environment and `.fifo`. */
  name: string;
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
}

const keptDays = 4;
const deadLettersKeptDays = 14;

/** A FIFO queue whose groups move independently of each other, with its dead-letter queue. */
export class FifoWorkerQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: FifoWorkerQueueProps) {
    super(scope, id);
    const { house } = props;
    const common = {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: house.stage.removalPolicy,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: `${house.nameOf(`${props.name}-dlq`)}.fifo`,
      retentionPeriod: Duration.days(deadLettersKeptDays),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: `${house.nameOf(props.name)}.fifo`,
      retentionPeriod: Duration.days(keptDays),
      visibilityTimeout: Duration.seconds(props.visibilityTimeoutSeconds),
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
