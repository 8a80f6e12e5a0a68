import { Construct } from 'constructs';
import { routes } from '../../lambdas/conversations/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface ConversationsProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
}

/** What conversations of every channel share: one table, and one function for all of its routes. */
export class Conversations extends Construct {
  constructor(scope: Construct, id: string, { deployment, api, tenants }: ConversationsProps) {
    super(scope, id);
    const table = new SingleTable(this, 'Table', { deployment, name: 'platform-conversations' });
    const handler = new ApiFunction(this, 'Api', {
      deployment,
      context: 'conversations',
      name: 'conversations-api',
      description:
        'Keeps macros, conversation starters, questions with answers, sessions and client events',
      impact:
        'Macros, starters, questions, sessions and client events are neither read nor changed',
      api,
      routes,
      tenants,
      environment: { PLATFORM_CONVERSATIONS_TABLE: table.tableName },
    });
    table.grant(
      handler,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    output(this, 'PlatformConversationsTable', table.tableName, {
      what: 'The table of macros, conversation starters, questions with answers, sessions and client events',
    });
  }
}
