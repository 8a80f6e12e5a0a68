import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inboxIndex, limits, retentionPrefix } from '../../lambdas/conversations/limits.ts';
import { routes } from '../../lambdas/conversations/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
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
  /** What visitors and staff have sent. */
  readonly files: PrivateBucket;
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
    this.files = new PrivateBucket(this, 'Files', {
      deployment,
      openToSigned: true,
      expires: limits.fileDays.map((days) => ({ prefix: retentionPrefix(days), days })),
    });
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
    this.grantFiles(this.#api, 's3:GetObject', 's3:PutObject', 's3:DeleteObject');
    this.table.grant(this.#api, 'dynamodb:DeleteItem');
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

  /** Lets a function read files, or do with them what else is named. */
  grantFiles(handler: LambdaFunction, ...actions: string[]): void {
    handler.addEnvironment('FILES_BUCKET', this.files.bucketName);
    this.files.grantObjects(handler, ...actions);
    // Without it, S3 answers of an object that is not there that it is forbidden.
    const resourceArns = [this.files.bucketArn];
    Grant.addToPrincipal({ grantee: handler, actions: ['s3:ListBucket'], resourceArns });
  }

  /** What people write to customers on WhatsApp goes into this queue. */
  deliverOnWhatsApp(queue: Queue): void {
    this.#api.addEnvironment('WHATSAPP_OUTBOUND_QUEUE_URL', queue.queueUrl);
    queue.grant(this.#api, 'sqs:SendMessage');
  }
}
