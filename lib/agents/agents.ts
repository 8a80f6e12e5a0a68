import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { limits } from '../../lambdas/agents/limits.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import { Worker } from '../constructs/worker.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface AgentsProps {
  deployment: Deployment;
  tenants: SingleTable;
  conversations: Conversations;
  openAiSecret: ISecret;
}

/** Agents answer conversations: who takes a message in may answer it itself, and the worker answers what nobody does. */
export class Agents extends Construct {
  readonly #queue: WorkerQueue;
  readonly #conversations: Conversations;
  readonly #tenants: SingleTable;

  /** The variables of every function that runs turns, with the key of the model. */
  readonly environment: Record<string, string>;
  /** The secrets that such a function reads. */
  readonly secrets: readonly ISecret[];

  constructor(scope: Construct, id: string, props: AgentsProps) {
    super(scope, id);
    const { deployment, tenants, conversations, openAiSecret } = props;
    const impact = 'Customers on web pages wait for answers that nobody else gives';
    this.#conversations = conversations;
    this.#tenants = tenants;
    this.secrets = [openAiSecret];
    this.#queue = new WorkerQueue(this, 'Turns', {
      deployment,
      name: 'turns',
      fifo: false,
      visibilityTimeoutSeconds: limits.visibilityTimeoutSeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact,
      oldestSeconds: 900,
    });
    this.environment = {
      ...conversations.environment,
      OPENAI_API_KEY_SECRET_ID: openAiSecret.secretArn,
      SECRETS_MANAGER_REGION: conversations.table.env.region,
      ...deployment.passedOn('OPENAI_BASE_URL', 'RUN_MAX_WAIT_SECONDS'),
    };
    const worker = new Worker(this, 'Worker', {
      deployment,
      context: 'agents',
      name: 'turn-worker',
      description: 'Answers the conversations that nobody else answers',
      impact,
      queue: this.#queue,
      variables: 'TURN',
      batchSize: limits.batchSize,
      worker: 'turns',
      timeoutSeconds: limits.workerTimeoutSeconds,
      // What waits for a worker is sent again.
      callsItself: true,
      environment: {
        ...this.environment,
        TENANTS_TABLE: tenants.tableName,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.turns),
      },
      secrets: this.secrets,
    });
    this.run(worker);
    output(this, 'TurnsDeadLetterQueueUrl', this.#queue.deadLetterQueue.queueUrl, {
      what: 'Messages of web pages that could not be answered',
    });
  }

  /** Lets a function have messages answered, by the worker or by itself. */
  answer(handler: LambdaFunction): void {
    handler.addEnvironment('TURN_QUEUE_URL', this.#queue.queue.queueUrl);
    this.#queue.queue.grant(handler, 'sqs:SendMessage');
  }

  /** Lets a function run turns, with the variables and the secret that it has been given. */
  run(handler: LambdaFunction): void {
    this.#conversations.grantLog(handler);
    this.#conversations.grantFiles(handler, 's3:GetObject');
    this.#tenants.grant(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }
}
