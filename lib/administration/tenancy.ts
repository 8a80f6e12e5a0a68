import { Construct } from 'constructs';
import { NodeFunction } from '../constructs/node-function.ts';
import { SingleTable } from '../constructs/single-table.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

/** Who is who: the tenants table, and the authorizer that reads it before a route is reached. */
export class Tenancy extends Construct {
  readonly tenants: SingleTable;
  readonly authorizer: NodeFunction;

  constructor(scope: Construct, id: string, { deployment }: { deployment: Deployment }) {
    super(scope, id);
    this.tenants = new SingleTable(this, 'Tenants', { deployment, name: 'tenants' });
    this.authorizer = new NodeFunction(this, 'Authorizer', {
      deployment,
      context: 'administration',
      name: 'authorizer',
      description: 'Says who calls, by an API key, a public client id or a token',
      impact: 'Every caller of the API is refused with 500; webhooks of vendors still come in',
      memoryMb: deployment.stage.memoryMb.request,
      timeoutSeconds: 10,
      environment: {
        TENANTS_TABLE: this.tenants.tableName,
        ...deployment.passedOn(
          'OIDC_ISSUER',
          'OIDC_AUDIENCE',
          'OIDC_ALGORITHM',
          'OIDC_TENANT_CLAIM',
          'OIDC_ROLE_CLAIM',
        ),
      },
    });
    this.tenants.grant(this.authorizer, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    output(this, 'TenantsTable', this.tenants.tableName, { what: 'The tenants table' });
  }
}
