import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { limits } from '../../lambdas/email-deadlines/limits.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { allowReading } from '../constructs/secret-reader.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';

export interface EmailParts {
  deployment: Deployment;
  tenants: SingleTable;
  emailRuns: SingleTable;
  /** Runs to be started and looked after. */
  runs: WorkerQueue;
  /** Emails that may be worked on. */
  ready: WorkerQueue;
  mailboxSecret: ISecret;
  openAiSecret: ISecret;
}

const pacing = ['INTER_DEPENDENCY_GAP', 'LLM_DELAY_SCALE', 'LLM_DELAY_MIN', 'LLM_DELAY_MAX'];

/** Starts runs and tells how far they are. */
export class Trigger extends NodeFunction {
  constructor(scope: Construct, id: string, parts: EmailParts) {
    const { deployment, runs } = parts;
    super(scope, id, {
      deployment,
      context: 'email-deadlines',
      job: 'trigger',
      name: 'email-trigger',
      description: 'Starts email runs and tells how far they are',
      impact: 'Companies can neither start email runs nor see how far they are',
      memoryMb: deployment.stage.memoryMb.bulk,
      timeoutSeconds: 29,
      environment: {
        ...tables(parts),
        RUN_QUEUE_URL: runs.queue.queueUrl,
        ...deployment.passedOn('TEST_MODE', 'CONCURRENCY_LIMIT', 'LOG_LEVEL', ...pacing),
      },
    });
    parts.emailRuns.grant(this, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query');
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    runs.queue.grant(this, 'sqs:SendMessage');
  }
}

/** Fetches and checks the emails of a run, and enqueues those that are ready. */
export class Start extends NodeFunction {
  constructor(scope: Construct, id: string, parts: EmailParts) {
    const { deployment, runs, ready } = parts;
    super(scope, id, {
      deployment,
      context: 'email-deadlines',
      job: 'start',
      name: 'email-start',
      description: 'Fetches the emails of a run and enqueues those that are ready',
      impact: 'Email runs do not begin, or stand still',
      memoryMb: deployment.stage.memoryMb.bulk,
      timeoutSeconds: limits.startTimeoutSeconds,
      // It looks after a run every so often, until the run has ended.
      callsItself: true,
      environment: {
        ...tables(parts),
        ...mailboxes(parts),
        RUN_QUEUE_URL: runs.queue.queueUrl,
        RUN_DLQ_URL: runs.deadLetterQueue.queueUrl,
        READY_QUEUE_URL: ready.queue.queueUrl,
        ...deployment.passedOn(
          'EMAILS_URL',
          'RESPOND_URL',
          'REQUEST_TIMEOUT',
          'LOG_LEVEL',
          ...pacing,
        ),
      },
    });
    parts.emailRuns.grant(
      this,
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    parts.tenants.grant(this, 'dynamodb:GetItem');
    runs.queue.grant(this, 'sqs:SendMessage');
    runs.deadLetterQueue.grant(this, 'sqs:SendMessage');
    ready.queue.grant(this, 'sqs:SendMessage');
    allowReading(this, parts.mailboxSecret);
    this.addEventSource(
      new SqsEventSource(runs.queue, {
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: deployment.concurrency.workers.emailRuns,
      }),
    );
  }
}

/** Answers emails, earliest feasible deadline first. */
export class Answer extends NodeFunction {
  constructor(scope: Construct, id: string, parts: EmailParts) {
    const { deployment, ready } = parts;
    super(scope, id, {
      deployment,
      context: 'email-deadlines',
      job: 'answer',
      name: 'email-deadline',
      description: 'Answers emails before their deadlines',
      impact: 'Emails are not answered before their deadlines',
      memoryMb: deployment.stage.memoryMb.worker,
      timeoutSeconds: limits.answerTimeoutSeconds,
      // An email that was sent makes others ready, which may wait for their time.
      callsItself: true,
      environment: {
        ...tables(parts),
        ...mailboxes(parts),
        OPENAI_API_KEY_SECRET_ID: parts.openAiSecret.secretArn,
        READY_QUEUE_URL: ready.queue.queueUrl,
        READY_DLQ_URL: ready.deadLetterQueue.queueUrl,
        ...deployment.passedOn(
          'RESPOND_URL',
          'REQUEST_TIMEOUT',
          'MAX_RETRIES',
          'OPENAI_BASE_URL',
          'LOG_LEVEL',
          ...pacing,
        ),
      },
    });
    parts.emailRuns.grant(
      this,
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    ready.queue.grant(this, 'sqs:SendMessage');
    ready.deadLetterQueue.grant(this, 'sqs:SendMessage');
    allowReading(this, parts.mailboxSecret);
    allowReading(this, parts.openAiSecret);
    this.addEventSource(
      new SqsEventSource(ready.queue, {
        batchSize: limits.batchSize,
        reportBatchItemFailures: true,
        maxConcurrency: deployment.concurrency.workers.emails,
      }),
    );
  }
}

const tables = (parts: EmailParts): Record<string, string> => ({
  TENANTS_TABLE: parts.tenants.tableName,
  EMAIL_RUNS_TABLE: parts.emailRuns.tableName,
});

const mailboxes = (parts: EmailParts): Record<string, string> => ({
  LOOPBACK_URLS: parts.deployment.stage.loopbackUrls,
  MAILBOX_API_KEY_SECRET_ID: parts.mailboxSecret.secretArn,
  SECRETS_MANAGER_REGION: parts.emailRuns.env.region,
});
