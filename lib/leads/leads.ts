import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { indexNames, limits } from '../../lambdas/leads/limits.ts';
import { routes } from '../../lambdas/leads/routes.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';
import { Insights, Intake, Triage } from './functions.ts';

export interface LeadsProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  openAiSecret: ISecret;
  bus: EventBus;
}

/** Leads are judged: intake → leads to be judged → triage → insights and events. */
export class Leads extends Construct {
  constructor(scope: Construct, id: string, { deployment, api, ...rest }: LeadsProps) {
    super(scope, id);
    const leads = new SingleTable(this, 'Table', { deployment, name: 'leads' });
    for (const name of indexNames) leads.addIndex(name);
    const inbox = new WorkerQueue(this, 'Inbox', {
      deployment,
      name: 'leads',
      fifo: false,
      visibilityTimeoutSeconds: limits.triageVisibilitySeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact: 'Companies wait for the judgement of their leads',
      oldestSeconds: 900,
    });
    const parts = { deployment, ...rest, leads, inbox };

    const intake = new Intake(this, 'Intake', parts);
    new Triage(this, 'Triage', parts);
    const insights = new Insights(this, 'Insights', parts);
    const { createLead, createLeadSlash, ...others } = routes;
    api.serve(intake, createLead, createLeadSlash);
    api.serve(insights, ...Object.values(others));

    output(this, 'LeadsTable', leads.tableName, { what: 'The leads table' });
    output(this, 'LeadsDeadLetterQueueUrl', inbox.deadLetterQueue.queueUrl, {
      what: 'Leads that could not be judged',
    });
  }
}
