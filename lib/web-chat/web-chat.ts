import { Construct } from 'constructs';
import { limits } from '../../lambdas/web-chat/limits.ts';
import { routes, streamingRoutes } from '../../lambdas/web-chat/routes.ts';
import type { Agents } from '../agents/agents.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import type { GeneratedSecret } from '../constructs/generated-secret.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { StreamingApi } from '../constructs/streaming-api.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Deployment } from '../deployment.ts';

export interface WebChatProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  conversations: Conversations;
  agents: Agents;
  visitorTokenKey: GeneratedSecret;
  /** Where the widget comes from. */
  widgetUrl: string;
  streamingApi: StreamingApi;
}

/** Customers chat on web pages: begin a conversation, come back to it, write. */
export class WebChat extends Construct {
  constructor(scope: Construct, id: string, props: WebChatProps) {
    super(scope, id);
    const { deployment, api, tenants, conversations, agents, visitorTokenKey } = props;
    const handler = new ApiFunction(this, 'Api', {
      deployment,
      context: 'web-chat',
      name: 'web-chat-api',
      description: 'Begins conversations on web pages, and takes in what visitors write',
      impact: 'Visitors of web pages can neither begin a conversation nor write',
      api,
      routes: Object.values(routes),
      tenants,
      timeoutSeconds: limits.apiTimeoutSeconds,
      environment: {
        ...conversations.environment,
        VISITOR_TOKEN_KEY_SECRET_ID: visitorTokenKey.secretArn,
        SECRETS_MANAGER_REGION: conversations.table.env.region,
        STREAMING_URL: props.streamingApi.streamingBaseUrl,
        WIDGET_URL: props.widgetUrl,
      },
      secrets: [visitorTokenKey],
    });
    conversations.grantLog(handler);
    agents.answer(handler);
    this.#stream(props);
  }

  /** Answers are streamed by a function of their own, which gives them too. */
  #stream({ deployment, tenants, agents, streamingApi }: WebChatProps): void {
    const stream = new NodeFunction(this, 'Stream', {
      deployment,
      context: 'web-chat',
      name: 'web-chat-stream',
      description: 'Answers visitors of web pages while they read',
      impact: 'Visitors of web pages get no answers as they are written, and wait for whole ones',
      memoryMb: deployment.stage.memoryMb.worker,
      timeoutSeconds: limits.streamTimeoutSeconds,
      environment: { ...agents.environment, TENANTS_TABLE: tenants.tableName },
      secrets: agents.secrets,
    });
    agents.run(stream);
    agents.answer(stream);
    streamingApi.serve(stream, ...Object.values(streamingRoutes));
  }
}
