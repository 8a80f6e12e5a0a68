import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { limits } from '../../lambdas/email-deadlines/limits.ts';
import { routes } from '../../lambdas/email-deadlines/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import { EmptySecret } from '../constructs/empty-secret.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { Worker } from '../constructs/worker.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface EmailDeadlinesProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
  openAiSecret: ISecret;
}

/** Emails are answered before their deadlines: trigger → runs → start → ready emails → answer → mailbox. */
export class EmailDeadlines extends Construct {
  constructor(scope: Construct, id: string, props: EmailDeadlinesProps) {
    super(scope, id);
    const { deployment, api, tenants, openAiSecret } = props;
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
    const common = { deployment, context: 'email-deadlines' };
    const environment = {
      EMAIL_RUNS_TABLE: emailRuns.tableName,
      ...deployment.passedOn(
        'INTER_DEPENDENCY_GAP',
        'LLM_DELAY_SCALE',
        'LLM_DELAY_MIN',
        'LLM_DELAY_MAX',
      ),
    };
    const ofMailbox = {
      TENANTS_TABLE: tenants.tableName,
      LOOPBACK_URLS: deployment.stage.loopbackUrls,
      MAILBOX_API_KEY_SECRET_ID: mailboxSecret.secretArn,
      SECRETS_MANAGER_REGION: emailRuns.env.region,
      ...deployment.passedOn('RESPOND_URL', 'REQUEST_TIMEOUT'),
    };

    const trigger = new ApiFunction(this, 'Trigger', {
      ...common,
      name: 'email-trigger',
      description: 'Starts email runs and tells how far they are',
      impact: 'Companies can neither start email runs nor see how far they are',
      api,
      routes: Object.values(routes),
      tenants,
      memory: 'bulk',
      timeoutSeconds: 29,
      environment: {
        ...environment,
        RUN_QUEUE_URL: runs.queue.queueUrl,
        ...deployment.passedOn('TEST_MODE', 'CONCURRENCY_LIMIT'),
      },
    });
    emailRuns.grant(trigger, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query');
    runs.queue.grant(trigger, 'sqs:SendMessage');

    const start = new Worker(this, 'Start', {
      ...common,
      name: 'email-start',
      description: 'Fetches the emails of a run and enqueues those that are ready',
      impact: 'Email runs do not begin, or stand still',
      queue: runs,
      variables: 'RUN',
      batchSize: 1,
      worker: 'emailRuns',
      memory: 'bulk',
      timeoutSeconds: limits.startTimeoutSeconds,
      // It checks a run regularly until the run has ended.
      callsItself: true,
      environment: {
        ...environment,
        ...ofMailbox,
        READY_QUEUE_URL: ready.queue.queueUrl,
        ...deployment.passedOn('EMAILS_URL'),
      },
      secrets: [mailboxSecret],
    });
    emailRuns.grant(
      start,
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    tenants.grant(start, 'dynamodb:GetItem');
    ready.queue.grant(start, 'sqs:SendMessage');

    const answer = new Worker(this, 'Answer', {
      ...common,
      name: 'email-deadline',
      description: 'Answers emails before their deadlines',
      impact: 'Emails are not answered before their deadlines',
      queue: ready,
      variables: 'READY',
      batchSize: limits.batchSize,
      worker: 'emails',
      timeoutSeconds: limits.answerTimeoutSeconds,
      // An email that was sent lets others go, which may wait for their time.
      callsItself: true,
      environment: {
        ...environment,
        ...ofMailbox,
        OPENAI_API_KEY_SECRET_ID: openAiSecret.secretArn,
        ...deployment.passedOn('MAX_RETRIES', 'OPENAI_BASE_URL'),
      },
      secrets: [mailboxSecret, openAiSecret],
    });
    emailRuns.grant(
      answer,
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    tenants.grant(answer, 'dynamodb:GetItem', 'dynamodb:UpdateItem');

    output(this, 'MailboxSecret', mailboxSecret.baseName, { what: 'Filled by npm run secrets' });
    output(this, 'EmailDeadLetterQueueUrl', ready.deadLetterQueue.queueUrl, {
      what: 'Emails that could not be answered',
    });
    output(this, 'EmailRunsTable', emailRuns.tableName, { what: 'The email runs table' });
  }
}
