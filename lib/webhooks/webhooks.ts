import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { limits } from '../../lambdas/webhooks/limits.ts';
import { routes } from '../../lambdas/webhooks/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import { EventQueueRule } from '../constructs/event-queue-rule.ts';
import { GeneratedSecret } from '../constructs/generated-secret.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { Worker } from '../constructs/worker.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface WebhooksProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
}

/** Companies receive events at their own URLs: bus → rule → deliveries → deliver. */
export class Webhooks extends Construct {
  /** The deployment's event bus: whoever publishes puts events on it. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { deployment, api, tenants }: WebhooksProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Events', { eventBusName: deployment.nameOf('events') });
    const signingKey = new GeneratedSecret(this, 'SigningKey', {
      deployment,
      name: 'webhook-signing-key',
      description: 'The key from which the companies’ signing secrets are derived',
    });
    const webhooks = new SingleTable(this, 'Endpoints', { deployment, name: 'webhooks' });
    const deliveries = new WorkerQueue(this, 'Deliveries', {
      deployment,
      name: 'webhooks',
      fifo: false,
      visibilityTimeoutSeconds: limits.visibilityTimeoutSeconds,
      maxReceiveCount: limits.maxReceiveCount,
      impact: 'Companies are not told of events',
      // An event that failed three times, over half an hour, is not counted any more.
      oldestSeconds: 3600,
    });
    const toDeliveries = new EventQueueRule(this, 'ToDeliveries', {
      deployment,
      name: 'events-to-webhooks',
      bus: this.bus,
      queue: deliveries.queue,
    });
    const common = { deployment, context: 'webhooks', secrets: [signingKey] };
    const environment = {
      WEBHOOKS_TABLE: webhooks.tableName,
      WEBHOOK_SIGNING_KEY_SECRET_ID: signingKey.secretArn,
      SECRETS_MANAGER_REGION: webhooks.env.region,
      LOOPBACK_URLS: deployment.stage.loopbackUrls,
    };

    const deliver = new Worker(this, 'Deliver', {
      ...common,
      name: 'webhook-deliver',
      description: 'Tells companies of events at their own URLs',
      impact: 'Companies are not told of events',
      queue: deliveries,
      variables: 'WEBHOOK',
      batchSize: limits.batchSize,
      worker: 'webhooks',
      timeoutSeconds: limits.deliverTimeoutSeconds,
      // What waits for a worker is sent again.
      callsItself: true,
      environment: {
        ...environment,
        TENANTS_TABLE: tenants.tableName,
        WORKER_CONCURRENCY: String(deployment.concurrency.workers.webhooks),
      },
    });
    tenants.grant(deliver, 'dynamodb:GetItem');
    webhooks.grant(deliver, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');

    const endpoint = new ApiFunction(this, 'Endpoint', {
      ...common,
      name: 'webhook-endpoint',
      description: 'Shows a company its webhook endpoint and tries it out',
      impact: 'Companies cannot see or try out their webhook endpoint',
      api,
      routes: Object.values(routes),
      tenants,
      environment: { ...environment, EVENT_BUS_NAME: this.bus.eventBusName },
    });
    webhooks.grant(endpoint, 'dynamodb:GetItem');
    this.bus.grantPutEventsTo(endpoint);

    output(this, 'WebhookDeadLetterQueueUrl', deliveries.deadLetterQueue.queueUrl, {
      what: 'Events that could not be delivered',
    });
    output(this, 'EventDeadLetterQueueUrl', toDeliveries.deadLetterQueue.queueUrl, {
      what: 'Events that the bus could not hand on',
    });
  }
}
