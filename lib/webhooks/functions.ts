import type { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { limits } from '../../lambdas/webhooks/limits.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { allowReading } from '../constructs/secret-reader.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';

export interface WebhookParts {
  deployment: Deployment;
  tenants: SingleTable;
  webhooks: SingleTable;
  deliveries: WorkerQueue;
  signingKey: ISecret;
  bus: EventBus;
}

/** Posts events to the companies' receivers. */
export class Deliver extends NodeFunction {
  constructor(scope: Construct, id: string, parts: WebhookParts) {
    const { deployment, deliveries } = parts;
    super(scope, id, {
      deployment,
      context: 'webhooks',
      job: 'deliver',
      name: 'webhook-deliver',
      description: 'Tells companies of events at their own URLs',
      impact: 'Companies are not told of events',
      memoryMb: deployment.stage.memoryMb.worker,
      timeoutSeconds: limits.deliverTimeoutSeconds,
      // What waits for a worker is sent again.
      callsItself: true,
      environment: {
        ...commonEnvironment(parts),
        WEBHOOK_QUEUE_URL: deliveries.queue.queueUrl,
        WEBHOOK_DLQ_URL: deliveries.deadLetterQueue.queueUrl,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.webhooks),
      },
    });
    parts.tenants.grant(this, 'dynamodb:GetItem');
    parts.webhooks.grant(this, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    deliveries.queue.grant(this, 'sqs:SendMessage');
    deliveries.deadLetterQueue.grant(this, 'sqs:SendMessage');
    allowReading(this, parts.signingKey);
    this.addEventSource(
      new SqsEventSource(deliveries.queue, {
        batchSize: limits.batchSize,
        reportBatchItemFailures: true,
        maxConcurrency: deployment.concurrency.workers.webhooks,
      }),
    );
  }
}

/** Shows a company its endpoint and tries it out. */
export class WebhookEndpoint extends NodeFunction {
  constructor(scope: Construct, id: string, parts: WebhookParts) {
    super(scope, id, {
      deployment: parts.deployment,
      context: 'webhooks',
      job: 'endpoint',
      name: 'webhook-endpoint',
      description: 'Shows a company its webhook endpoint and tries it out',
      impact: 'Companies cannot see or try out their webhook endpoint',
      memoryMb: parts.deployment.stage.memoryMb.request,
      timeoutSeconds: 10,
      environment: { ...commonEnvironment(parts), EVENT_BUS_NAME: parts.bus.eventBusName },
    });
    parts.tenants.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    parts.webhooks.grant(this, 'dynamodb:GetItem');
    parts.bus.grantPutEventsTo(this);
    allowReading(this, parts.signingKey);
  }
}

const commonEnvironment = (parts: WebhookParts): Record<string, string> => ({
  TENANTS_TABLE: parts.tenants.tableName,
  WEBHOOKS_TABLE: parts.webhooks.tableName,
  WEBHOOK_SIGNING_KEY_SECRET_ID: parts.signingKey.secretArn,
  SECRETS_MANAGER_REGION: parts.webhooks.env.region,
  LOOPBACK_URLS: parts.deployment.stage.loopbackUrls,
  ...parts.deployment.passedOn('LOG_LEVEL'),
});
