import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { indexNames, limits } from '../../lambdas/leads/limits.ts';
import { routes } from '../../lambdas/leads/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { Worker } from '../constructs/worker.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface LeadsProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  openAiSecret: ISecret;
  bus: EventBus;
}

/** Leads are classified: intake → queue → triage → insights and events. */
export class Leads extends Construct {
  constructor(scope: Construct, id: string, props: LeadsProps) {
    super(scope, id);
    const { deployment, api, tenants, openAiSecret, bus } = props;
    const leads = new SingleTable(this, 'Table', { deployment, name: 'leads' });
    for (const name of indexNames) leads.addIndex(name);
    const inbox = new WorkerQueue(this, 'Inbox', {
      deployment,
      name: 'leads',
      fifo: false,
      visibilityTimeoutSeconds: limits.triageVisibilitySeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact: 'Companies wait for the classification of their leads',
      oldestSeconds: 900,
    });
    const common = { deployment, context: 'leads' };
    const environment = { LEADS_TABLE: leads.tableName };
    const handler = new ApiFunction(this, 'Api', {
      ...common,
      name: 'leads-api',
      description: 'Takes leads in, and tells what is known of them',
      impact: 'Leads are not taken in, and companies cannot see them',
      api,
      routes: Object.values(routes),
      tenants,
      timeoutSeconds: limits.leadsTimeoutSeconds,
      environment: { ...environment, TRIAGE_QUEUE_URL: inbox.queue.queueUrl },
    });
    leads.grant(
      handler,
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    leads.grantIndexes(handler, ...indexNames);
    inbox.queue.grant(handler, 'sqs:SendMessage');

    const triage = new Worker(this, 'Triage', {
      ...common,
      name: 'lead-triage',
      description: 'Classifies leads',
      impact: 'Companies wait for the classification of their leads',
      queue: inbox,
      variables: 'TRIAGE',
      batchSize: limits.batchSize,
      worker: 'triage',
      timeoutSeconds: limits.triageTimeoutSeconds,
      // What waits for a worker is sent again.
      callsItself: true,
      environment: {
        ...environment,
        TENANTS_TABLE: tenants.tableName,
        EVENT_BUS_NAME: bus.eventBusName,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.triage),
        OPENAI_API_KEY_SECRET_ID: openAiSecret.secretArn,
        SECRETS_MANAGER_REGION: leads.env.region,
        ...deployment.passedOn('OPENAI_BASE_URL'),
      },
      secrets: [openAiSecret],
    });
    leads.grant(
      triage,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    tenants.grant(triage, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    bus.grantPutEventsTo(triage);

    output(this, 'LeadsTable', leads.tableName, { what: 'The leads table' });
    output(this, 'LeadsDeadLetterQueueUrl', inbox.deadLetterQueue.queueUrl, {
      what: 'Leads that could not be classified',
    });
  }
}
