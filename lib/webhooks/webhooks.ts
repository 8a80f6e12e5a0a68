import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { limits } from '../../lambdas/webhooks/limits.ts';
import { routes } from '../../lambdas/webhooks/routes.ts';
import { EventQueueRule } from '../constructs/event-queue-rule.ts';
import { GeneratedSecret } from '../constructs/generated-secret.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { SingleTable } from '../constructs/single-table.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';
import { Deliver, WebhookEndpoint } from './functions.ts';

export interface WebhooksProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
}

/** Companies are told of events at their own URLs: bus → rule → deliveries → deliver. */
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
    const parts = { deployment, tenants, webhooks, deliveries, signingKey, bus: this.bus };
    new Deliver(this, 'Deliver', parts);
    const endpoint = new WebhookEndpoint(this, 'Endpoint', parts);
    api.serve(endpoint, ...Object.values(routes));

    output(this, 'WebhookDeadLetterQueueUrl', deliveries.deadLetterQueue.queueUrl, {
      what: 'Events that could not be delivered',
    });
    output(this, 'EventDeadLetterQueueUrl', toDeliveries.deadLetterQueue.queueUrl, {
      what: 'Events that the bus could not hand on',
    });
  }
}
