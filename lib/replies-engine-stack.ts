import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Administration } from './administration/administration.ts';
import { ModelAccess } from './administration/model-access.ts';
import { Tenancy } from './administration/tenancy.ts';
import { Agents } from './agents/agents.ts';
import { PublicApi } from './constructs/public-api.ts';
import { StreamingApi } from './constructs/streaming-api.ts';
import { Conversations } from './conversations/conversations.ts';
import { createDeployment } from './create-deployment.ts';
import { EmailDeadlines } from './email-deadlines/email-deadlines.ts';
import { Leads } from './leads/leads.ts';
import { ProductDashboard } from './observability/dashboard.ts';
import { ProductAlarms } from './observability/product-alarms.ts';
import type { Settings } from './settings.ts';
import { Site } from './web/site.ts';
import { WebChat } from './web-chat/web-chat.ts';
import { Webhooks } from './webhooks/webhooks.ts';
import { WhatsAppReplies } from './whatsapp-replies/whatsapp-replies.ts';

/** The whole product: one stack, a construct per context. */
export class RepliesEngineStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const deployment = createDeployment(this, props.settings);
    const { tenants, authorizer, visitorTokenKey } = new Tenancy(this, 'Tenancy', { deployment });
    const api = new PublicApi(this, 'Api', { deployment, authorizer });
    const streamingApi = new StreamingApi(this, 'StreamingApi', { deployment, authorizer });
    // Its id is part of what is deployed already: it stays.
    new Administration(this, 'Platform', { deployment, api, streamingApi, tenants });
    const { bus } = new Webhooks(this, 'Webhooks', { deployment, api, tenants });
    const { openAiSecret } = new ModelAccess(this, 'ModelAccess', { deployment });
    const conversations = new Conversations(this, 'Conversations', {
      deployment,
      api,
      tenants,
      bus,
    });
    const whatsApp = new WhatsAppReplies(this, 'WhatsAppReplies', {
      deployment,
      api,
      tenants,
      openAiSecret,
      log: conversations,
    });
    conversations.deliverOnWhatsApp(whatsApp.inbox);
    const agents = new Agents(this, 'Agents', {
      deployment,
      tenants,
      conversations,
      openAiSecret,
    });
    const { siteUrl } = new Site(this, 'Site', {
      deployment,
      apiUrl: api.publicBaseUrl,
      buckets: [conversations.files],
    });
    new WebChat(this, 'WebChat', {
      deployment,
      api,
      tenants,
      conversations,
      agents,
      streamingApi,
      visitorTokenKey,
      widgetUrl: siteUrl,
    });
    new EmailDeadlines(this, 'EmailDeadlines', { deployment, api, tenants, openAiSecret });
    new Leads(this, 'Leads', { deployment, api, tenants, openAiSecret, bus });
    new ProductAlarms(this, 'ProductAlarms', { deployment });
    new ProductDashboard(this, 'Dashboard', { deployment, api });
  }
}
