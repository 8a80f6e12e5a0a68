import type { Construct } from 'constructs';
import type { ApiRoute } from '../../lambdas/tenancy/route.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { PublicApi } from './public-api.ts';
import type { SingleTable } from './single-table.ts';

export interface ApiFunctionProps extends Omit<NodeFunctionProps, 'memoryMb' | 'timeoutSeconds'> {
  api: PublicApi;
  routes: readonly ApiRoute[];
  /** Where it reads who calls and counts their requests; none for a function that a vendor calls. */
  tenants?: SingleTable;
  /** Which of the stage's sizes of memory. */
  memory?: 'request' | 'bulk';
  timeoutSeconds?: number;
}

/** A function that serves routes of the public API. */
export class ApiFunction extends NodeFunction {
  constructor(
    scope: Construct,
    id: string,
    { api, routes, tenants, memory = 'request', timeoutSeconds = 10, ...props }: ApiFunctionProps,
  ) {
    super(scope, id, {
      ...props,
      memoryMb: props.deployment.stage.memoryMb[memory],
      timeoutSeconds,
      environment: {
        ...(tenants && { TENANTS_TABLE: tenants.tableName }),
        ...props.environment,
      },
    });
    tenants?.grant(this, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    api.serve(this, ...routes);
  }
}
