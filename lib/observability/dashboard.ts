import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import { NodeFunction } from '../constructs/node-function.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';
import { ProductMetrics } from './product-metrics.ts';
import {
  apiRow,
  emailRow,
  functionRow,
  leadRow,
  modelRow,
  queueRow,
  replyRow,
  turnRow,
  waitingRow,
} from './widgets.ts';

/** How the product does, on one page; made last, because it shows every queue and function that is there. */
export class ProductDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { deployment, api }: { deployment: Deployment; api: PublicApi },
  ) {
    super(scope, id);
    const parts = scope.node.findAll();
    const metrics = new ProductMetrics(deployment);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: deployment.name,
      widgets: [
        replyRow(metrics),
        waitingRow(metrics),
        turnRow(metrics),
        modelRow(metrics),
        emailRow(metrics),
        leadRow(metrics),
        queueRow(parts.filter(isWorkerQueue)),
        functionRow(parts.filter(isNodeFunction)),
        apiRow(api.metrics, metrics),
      ],
    });
    output(scope, 'DashboardName', dashboard.dashboardName, {
      what: 'The dashboard, in CloudWatch',
    });
  }
}

const isWorkerQueue = (part: IConstruct): part is WorkerQueue => part instanceof WorkerQueue;
const isNodeFunction = (part: IConstruct): part is NodeFunction => part instanceof NodeFunction;
