import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { connectionOverrides } from '../../lambdas/vendors/twilio/connection-overrides.ts';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import { routes } from '../../lambdas/whatsapp-replies/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import { EmptySecret } from '../constructs/empty-secret.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { Worker } from '../constructs/worker.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface WhatsAppRepliesProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  openAiSecret: ISecret;
  /** Where all that is said is kept. */
  log: Conversations;
}

/** WhatsApp messages get their answers: webhook → inbox → reply processor → Twilio → status callback. */
export class WhatsAppReplies extends Construct {
  /** What customers have written, and what people of the company write to them. */
  readonly inbox: Queue;

  constructor(scope: Construct, id: string, props: WhatsAppRepliesProps) {
    super(scope, id);
    const { deployment, api, tenants, openAiSecret, log } = props;
    const twilioSecret = new EmptySecret(this, 'TwilioCredentials', {
      deployment,
      name: 'whatsapp-credentials/twilio',
      description: 'twilio_account_sid, twilio_auth_token and twilio_phone_number as JSON',
    });
    const conversations = new SingleTable(this, 'Conversations', {
      deployment,
      name: 'conversations',
    });
    const inbox = new WorkerQueue(this, 'Inbox', {
      deployment,
      name: 'whatsapp-replies',
      fifo: true,
      visibilityTimeoutSeconds: limits.visibilityTimeoutSeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact: 'Customers on WhatsApp wait for their answers',
      oldestSeconds: 600,
    });
    this.inbox = inbox.queue;
    const common = { deployment, context: 'whatsapp-replies' };
    const environment = {
      CONVERSATIONS_TABLE: conversations.tableName,
      TWILIO_CREDENTIALS_SECRET_ID: twilioSecret.secretArn,
      SECRETS_MANAGER_REGION: conversations.env.region,
      PUBLIC_BASE_URL: api.publicBaseUrl,
      ...deployment.passedOn('RETENTION_DAYS'),
    };

    const receive = new ApiFunction(this, 'Receive', {
      ...common,
      name: 'receive',
      description: 'Checks an inbound WhatsApp message and enqueues it',
      impact: 'Messages that customers write on WhatsApp are not taken in',
      api,
      routes: [routes.health, routes.inbound],
      // Twilio waits for it, while what the workers do can wait.
      reservedConcurrency: deployment.concurrency.reservedForReceive,
      environment: {
        ...environment,
        TENANTS_TABLE: tenants.tableName,
        REPLY_QUEUE_URL: inbox.queue.queueUrl,
      },
      secrets: [twilioSecret],
    });
    conversations.grant(receive, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    tenants.grant(receive, 'dynamodb:GetItem');
    inbox.queue.grant(receive, 'sqs:SendMessage');

    const reply = new Worker(this, 'ReplyProcessor', {
      ...common,
      name: 'reply-processor',
      description: 'Answers WhatsApp messages with an LLM',
      impact: 'Customers on WhatsApp get no answers',
      queue: inbox,
      variables: 'REPLY',
      batchSize: limits.batchSize,
      worker: 'replies',
      // With events that the bus does not take.
      callsItself: true,
      timeoutSeconds: limits.replyTimeoutSeconds,
      environment: {
        ...environment,
        ...log.environment,
        TENANTS_TABLE: tenants.tableName,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.replies),
        OPENAI_API_KEY_SECRET_ID: openAiSecret.secretArn,
        ...deployment.passedOn(
          'OPENAI_BASE_URL',
          'TWILIO_BASE_URL',
          'RUN_MAX_WAIT_SECONDS',
          'DEFAULT_ASSISTANT_ID',
          ...assistantVariables(deployment),
        ),
      },
      secrets: [twilioSecret, openAiSecret],
    });
    conversations.grant(
      reply,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    );
    tenants.grant(reply, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    log.grantLog(reply);

    const status = new ApiFunction(this, 'Status', {
      ...common,
      name: 'status',
      description: 'Records the delivery status of sent WhatsApp messages',
      impact: 'It stays unknown whether replies reached their customers',
      api,
      routes: [routes.status],
      environment: {
        ...environment,
        ...log.environment,
        TENANTS_TABLE: tenants.tableName,
        REPLY_QUEUE_URL: inbox.queue.queueUrl,
      },
      secrets: [twilioSecret],
    });
    conversations.grant(status, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    log.grantLog(status);
    inbox.queue.grant(status, 'sqs:SendMessage');

    output(this, 'WhatsAppWebhookUrl', api.publicBaseUrl + routes.inbound.path, {
      what: `Paste into Twilio with ${connectionOverrides} behind it: "When a message comes in", and its fallback URL (POST)`,
    });
    output(this, 'ConversationsTable', conversations.tableName, {
      what: 'The conversations table',
    });
    output(this, 'TwilioSecret', twilioSecret.baseName, { what: 'Filled by npm run secrets' });
    output(this, 'DeadLetterQueueUrl', inbox.deadLetterQueue.queueUrl, {
      what: 'Messages that could not be answered',
    });
  }
}

const assistantVariables = (deployment: Deployment): string[] =>
  Object.keys(deployment.settings.passedOn).filter((name) => name.endsWith('_ASSISTANT_ID'));
