import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { Worker as WorkerName } from '../concurrency.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { WorkerQueue } from './worker-queue.ts';

export interface WorkerProps extends Omit<NodeFunctionProps, 'memoryMb'> {
  /** The queue whose messages it handles. */
  queue: WorkerQueue;
  /** Names the variables of the queue and its dead letters: `REPLY` for `REPLY_QUEUE_URL` and `REPLY_DLQ_URL`. */
  variables: string;
  batchSize: number;
  /** Whose part of the concurrency it gets. */
  worker: WorkerName;
  /** Which of the stage's sizes of memory. */
  memory?: 'worker' | 'bulk';
}

/** A function that works a queue off: it names the messages that must come back, and puts dead letters away itself. */
export class Worker extends NodeFunction {
  constructor(
    scope: Construct,
    id: string,
    { queue: source, variables, batchSize, worker, memory = 'worker', ...props }: WorkerProps,
  ) {
    const { queue, deadLetterQueue } = source;
    super(scope, id, {
      ...props,
      memoryMb: props.deployment.stage.memoryMb[memory],
      environment: {
        [`${variables}_QUEUE_URL`]: queue.queueUrl,
        [`${variables}_DLQ_URL`]: deadLetterQueue.queueUrl,
        ...props.environment,
      },
    });
    deadLetterQueue.grant(this, 'sqs:SendMessage');
    if (props.callsItself) queue.grant(this, 'sqs:SendMessage');
    this.addEventSource(
      new SqsEventSource(queue, {
        batchSize,
        reportBatchItemFailures: true,
        maxConcurrency: props.deployment.concurrency.workers[worker],
      }),
    );
  }
}
