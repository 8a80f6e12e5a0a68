import { Duration, Validations } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventSource } from '../../lambdas/events/messages.ts';
import type { Deployment } from '../deployment.ts';
import { alarmOnDeadLetters } from './dead-letters-alarm.ts';

export interface EventQueueRuleProps {
  deployment: Deployment;
  /** Without prefix and environment. */
  name: string;
  bus: EventBus;
  queue: Queue;
}

const retentionDays = 14;

/** Leads every event of the product from the bus into a queue; what the queue does not take for a day goes to dead letters. */
export class EventQueueRule extends Construct {
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { deployment, name, bus, queue }: EventQueueRuleProps) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      queueName: deployment.nameOf(`${name}-dlq`),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(retentionDays),
      removalPolicy: deployment.stage.removalPolicy,
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of a rule, which the check does not see.',
    });
    alarmOnDeadLetters(this, this.deadLetterQueue, {
      deployment,
      about: name,
      impact: 'Companies are not told of events',
    });
    new Rule(this, 'Rule', {
      ruleName: deployment.nameOf(name),
      description: 'Leads every event of the product into a queue',
      eventBus: bus,
      eventPattern: { source: [eventSource] },
      targets: [
        new SqsQueue(queue, {
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
          // A group for each company makes it a fair queue: one with many events does not hold up the others.
          messageGroupId: '$.detail.tenant_id',
        }),
      ],
    });
  }
}
