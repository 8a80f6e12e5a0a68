import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { connectionOverrides } from '../../lambdas/vendors/twilio/connection-overrides.ts';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import { routes } from '../../lambdas/whatsapp-replies/routes.ts';
import { EmptySecret } from '../constructs/empty-secret.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';
import { Receive, ReplyProcessor, Status } from './functions.ts';

export interface WhatsAppRepliesProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  openAiSecret: ISecret;
}

/** WhatsApp messages get their answers: webhook → inbox → reply processor → Twilio → status callback. */
export class WhatsAppReplies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { deployment, api, tenants, openAiSecret }: WhatsAppRepliesProps,
  ) {
    super(scope, id);
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
    const { publicBaseUrl } = api;
    const parts = { deployment, conversations, tenants, inbox, twilioSecret, publicBaseUrl };

    const receive = new Receive(this, 'Receive', parts);
    new ReplyProcessor(this, 'ReplyProcessor', { ...parts, openAiSecret });
    const status = new Status(this, 'Status', parts);
    api.serve(receive, routes.health, routes.inbound);
    api.serve(status, routes.status);

    output(this, 'WhatsAppWebhookUrl', publicBaseUrl + routes.inbound.path, {
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
