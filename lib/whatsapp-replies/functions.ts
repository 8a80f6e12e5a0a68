import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { allowReading } from '../constructs/secret-reader.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';

export interface WhatsAppParts {
  deployment: Deployment;
  conversations: SingleTable;
  tenants: SingleTable;
  inbox: WorkerQueue;
  twilioSecret: ISecret;
  /** The URL under which Twilio reaches the API. */
  publicBaseUrl: string;
}

const webhookTimeoutSeconds = 10;

/** Checks Twilio's inbound webhook and enqueues the message. */
export class Receive extends NodeFunction {
  constructor(scope: Construct, id: string, parts: WhatsAppParts) {
    super(scope, id, {
      deployment: parts.deployment,
      context: 'whatsapp-replies',
      job: 'receive',
      name: 'receive',
      description: 'Checks an inbound WhatsApp message and enqueues it',
      impact: 'Messages that customers write on WhatsApp are not taken in',
      memoryMb: parts.deployment.stage.memoryMb.request,
      timeoutSeconds: webhookTimeoutSeconds,
      // Twilio waits for it, while what the workers do can wait.
      reservedConcurrency: parts.deployment.concurrency.reservedForReceive,
      environment: {
        ...commonEnvironment(parts),
        TENANTS_TABLE: parts.tenants.tableName,
        REPLY_QUEUE_URL: parts.inbox.queue.queueUrl,
      },
    });
    parts.conversations.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    parts.tenants.grant(this, 'dynamodb:GetItem');
    parts.inbox.queue.grant(this, 'sqs:SendMessage');
    allowReading(this, parts.twilioSecret);
  }
}

/** Answers the customers: the consumer of the inbox. */
export class ReplyProcessor extends NodeFunction {
  constructor(scope: Construct, id: string, parts: WhatsAppParts & { openAiSecret: ISecret }) {
    const { deployment, inbox } = parts;
    super(scope, id, {
      deployment,
      context: 'whatsapp-replies',
      job: 'reply',
      name: 'reply-processor',
      description: 'Answers WhatsApp messages with an LLM',
      impact: 'Customers on WhatsApp get no answers',
      memoryMb: deployment.stage.memoryMb.worker,
      timeoutSeconds: limits.replyTimeoutSeconds,
      environment: {
        ...commonEnvironment(parts),
        TENANTS_TABLE: parts.tenants.tableName,
        REPLY_QUEUE_URL: inbox.queue.queueUrl,
        REPLY_DLQ_URL: inbox.deadLetterQueue.queueUrl,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.replies),
        OPENAI_API_KEY_SECRET_ID: parts.openAiSecret.secretArn,
        ...deployment.passedOn(
          'OPENAI_BASE_URL',
          'TWILIO_BASE_URL',
          'RUN_MAX_WAIT_SECONDS',
          'DEFAULT_ASSISTANT_ID',
        ),
        ...deployment.passedOn(...assistantVariables(deployment)),
      },
    });
    parts.conversations.grant(
      this,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    );
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    inbox.deadLetterQueue.grant(this, 'sqs:SendMessage');
    allowReading(this, parts.twilioSecret);
    allowReading(this, parts.openAiSecret);
    this.addEventSource(
      new SqsEventSource(inbox.queue, {
        batchSize: limits.batchSize,
        reportBatchItemFailures: true,
        maxConcurrency: deployment.concurrency.workers.replies,
      }),
    );
  }
}

/** Takes Twilio's reports on what became of the sent messages. */
export class Status extends NodeFunction {
  constructor(scope: Construct, id: string, parts: WhatsAppParts) {
    super(scope, id, {
      deployment: parts.deployment,
      context: 'whatsapp-replies',
      job: 'status',
      name: 'status',
      description: 'Records the delivery status of sent WhatsApp messages',
      impact: 'It stays unknown whether replies reached their customers',
      memoryMb: parts.deployment.stage.memoryMb.request,
      timeoutSeconds: webhookTimeoutSeconds,
      environment: commonEnvironment(parts),
    });
    parts.conversations.grant(this, 'dynamodb:UpdateItem');
    allowReading(this, parts.twilioSecret);
  }
}

const commonEnvironment = (parts: WhatsAppParts): Record<string, string> => ({
  CONVERSATIONS_TABLE: parts.conversations.tableName,
  TWILIO_CREDENTIALS_SECRET_ID: parts.twilioSecret.secretArn,
  SECRETS_MANAGER_REGION: parts.conversations.env.region,
  PUBLIC_BASE_URL: parts.publicBaseUrl,
  ...parts.deployment.passedOn('RETENTION_DAYS', 'LOG_LEVEL'),
});

const assistantVariables = (deployment: Deployment): string[] =>
  Object.keys(deployment.settings.passedOn).filter((name) => name.endsWith('_ASSISTANT_ID'));
