import { Duration } from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { House } from '../house.ts';

export interface WorkerQueueProps {
  house: House;
  /** Without prefix, environment and `.fifo`. */
  name: string;
  /** Whether its messages keep the order of their group; the groups move independently of each other. */
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
}

const keptDays = 4;
const deadLettersKeptDays = 14;

/** A queue of work with its dead-letter queue. */
export class WorkerQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: WorkerQueueProps) {
    super(scope, id);
    const { house, fifo } = props;
    const nameOf = (name: string) => house.nameOf(name) + (fifo ? '.fifo' : '');
    const common = {
      ...(fifo && { fifo }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: house.stage.removalPolicy,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: nameOf(`${props.name}-dlq`),
      retentionPeriod: Duration.days(deadLettersKeptDays),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: nameOf(props.name),
      retentionPeriod: Duration.days(keptDays),
      visibilityTimeout: Duration.seconds(props.visibilityTimeoutSeconds),
      ...(fifo && {
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
