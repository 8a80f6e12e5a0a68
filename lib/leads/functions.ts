import type { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { indexNames, limits } from '../../lambdas/leads/limits.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { allowReading } from '../constructs/secret-reader.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';

export interface LeadParts {
  deployment: Deployment;
  tenants: SingleTable;
  leads: SingleTable;
  /** Leads to be judged. */
  inbox: WorkerQueue;
  openAiSecret: ISecret;
  bus: EventBus;
}

const context = 'leads';

/** Takes leads in. */
export class Intake extends NodeFunction {
  constructor(scope: Construct, id: string, parts: LeadParts) {
    const { deployment, inbox } = parts;
    super(scope, id, {
      deployment,
      context,
      job: 'intake',
      name: 'lead-intake',
      description: 'Takes leads in',
      impact: 'Leads are not taken in',
      memoryMb: deployment.stage.memoryMb.request,
      timeoutSeconds: limits.leadsTimeoutSeconds,
      environment: environmentOf(parts),
    });
    parts.leads.grant(this, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    inbox.queue.grant(this, 'sqs:SendMessage');
  }
}

/** Judges leads. */
export class Triage extends NodeFunction {
  constructor(scope: Construct, id: string, parts: LeadParts) {
    const { deployment, inbox, openAiSecret, bus } = parts;
    super(scope, id, {
      deployment,
      context,
      job: 'triage',
      name: 'lead-triage',
      description: 'Judges leads',
      impact: 'Companies wait for the judgement of their leads',
      memoryMb: deployment.stage.memoryMb.worker,
      timeoutSeconds: limits.triageTimeoutSeconds,
      // What waits for a worker is sent again.
      callsItself: true,
      environment: {
        ...environmentOf(parts),
        EVENT_BUS_NAME: bus.eventBusName,
        TRIAGE_DLQ_URL: inbox.deadLetterQueue.queueUrl,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.triage),
        OPENAI_API_KEY_SECRET_ID: openAiSecret.secretArn,
        SECRETS_MANAGER_REGION: parts.leads.env.region,
        ...deployment.passedOn('OPENAI_BASE_URL'),
      },
    });
    parts.leads.grant(
      this,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    inbox.queue.grant(this, 'sqs:SendMessage');
    inbox.deadLetterQueue.grant(this, 'sqs:SendMessage');
    allowReading(this, openAiSecret);
    bus.grantPutEventsTo(this);
    this.addEventSource(
      new SqsEventSource(inbox.queue, {
        batchSize: limits.batchSize,
        reportBatchItemFailures: true,
        maxConcurrency: deployment.concurrency.workers.triage,
      }),
    );
  }
}

/** Tells what is known of leads. */
export class Insights extends NodeFunction {
  constructor(scope: Construct, id: string, parts: LeadParts) {
    const { deployment, inbox } = parts;
    super(scope, id, {
      deployment,
      context,
      job: 'insights',
      name: 'lead-insights',
      description: 'Tells what is known of leads',
      impact: 'Companies cannot see their leads and insights',
      memoryMb: deployment.stage.memoryMb.request,
      timeoutSeconds: limits.leadsTimeoutSeconds,
      environment: environmentOf(parts),
    });
    parts.leads.grant(this, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query');
    parts.leads.grantIndexes(this, ...indexNames);
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    inbox.queue.grant(this, 'sqs:SendMessage');
  }
}

const environmentOf = ({
  deployment,
  tenants,
  leads,
  inbox,
}: LeadParts): Record<string, string> => ({
  TENANTS_TABLE: tenants.tableName,
  LEADS_TABLE: leads.tableName,
  TRIAGE_QUEUE_URL: inbox.queue.queueUrl,
  ...deployment.passedOn('LOG_LEVEL'),
});
