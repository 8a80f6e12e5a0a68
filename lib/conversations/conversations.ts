import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inboxIndex } from '../../lambdas/conversations/limits.ts';
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
  bus: EventBus;
}

/** What conversations of every channel share: one table, and one function for the people of a company. */
export class Conversations extends Construct {
  readonly table: SingleTable;
  /** The variables of every function that reads or writes conversations. */
  readonly environment: Record<string, string>;
  readonly #api: ApiFunction;
  readonly #bus: EventBus;

  constructor(scope: Construct, id: string, props: ConversationsProps) {
    super(scope, id);
    const { deployment, api, tenants, bus } = props;
    this.#bus = bus;
    this.table = new SingleTable(this, 'Table', { deployment, name: 'platform-conversations' });
    this.table.addIndex(inboxIndex.name, inboxIndex.sortedBy);
    this.environment = {
      PLATFORM_CONVERSATIONS_TABLE: this.table.tableName,
      EVENT_BUS_NAME: bus.eventBusName,
      ...deployment.passedOn('RETENTION_DAYS'),
    };
    this.#api = new ApiFunction(this, 'Api', {
      deployment,
      context: 'conversations',
      name: 'conversations-api',
      description:
        'Shows people the conversations and has them write; keeps macros, questions, sessions',
      impact: 'People cannot read, take over or answer conversations',
      api,
      routes,
      tenants,
      environment: this.environment,
    });
    this.grantLog(this.#api);
    this.table.grantIndexes(this.#api, inboxIndex.name);
    output(this, 'PlatformConversationsTable', this.table.tableName, {
      what: 'The table of conversations, macros, starters, questions with answers, sessions and client events',
    });
  }

  /** Lets a function read and write conversations, and publish the events of what it writes. */
  grantLog(handler: LambdaFunction): void {
    this.table.grant(
      handler,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    this.#bus.grantPutEventsTo(handler);
  }

  /** What people write to customers on WhatsApp goes into this queue. */
  deliverOnWhatsApp(queue: Queue): void {
    this.#api.addEnvironment('WHATSAPP_OUTBOUND_QUEUE_URL', queue.queueUrl);
    queue.grant(this.#api, 'sqs:SendMessage');
  }
}
