import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { limits } from '../../lambdas/email-deadlines/limits.ts';
import { routes } from '../../lambdas/email-deadlines/routes.ts';
import { EmptySecret } from '../constructs/empty-secret.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';
import { Answer, Start, Trigger } from './functions.ts';

export interface EmailDeadlinesProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  openAiSecret: ISecret;
}

/** Emails are answered before their deadlines: trigger → runs → start → ready emails → answer → mailbox. */
export class EmailDeadlines extends Construct {
  constructor(scope: Construct, id: string, { deployment, api, ...rest }: EmailDeadlinesProps) {
    super(scope, id);
    const mailboxSecret = new EmptySecret(this, 'MailboxApiKey', {
      deployment,
      name: 'mailbox-api-key/email',
      description: 'The mailbox’s api_key, or a JSON object of them by company',
    });
    const emailRuns = new SingleTable(this, 'EmailRuns', { deployment, name: 'email-runs' });
    const runs = new WorkerQueue(this, 'Runs', {
      deployment,
      name: 'email-runs',
      fifo: false,
      visibilityTimeoutSeconds: limits.startVisibilitySeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact: 'Email runs do not begin, or stand still',
      oldestSeconds: 900,
    });
    const ready = new WorkerQueue(this, 'Ready', {
      deployment,
      name: 'emails-ready',
      fifo: false,
      visibilityTimeoutSeconds: limits.answerVisibilitySeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact: 'Emails are not answered before their deadlines',
      // A long run with few workers waits here rightly; late emails have an alarm of their own.
      oldestSeconds: 6 * 3600,
    });
    const parts = { deployment, ...rest, emailRuns, runs, ready, mailboxSecret };

    const trigger = new Trigger(this, 'Trigger', parts);
    new Start(this, 'Start', parts);
    new Answer(this, 'Answer', parts);
    api.serve(trigger, ...Object.values(routes));

    output(this, 'MailboxSecret', mailboxSecret.baseName, { what: 'Filled by npm run secrets' });
    output(this, 'EmailDeadLetterQueueUrl', ready.deadLetterQueue.queueUrl, {
      what: 'Emails that could not be answered',
    });
    output(this, 'EmailRunsTable', emailRuns.tableName, { what: 'The email runs table' });
  }
}
