import { Construct } from 'constructs';
import { GeneratedSecret } from '../constructs/generated-secret.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { SingleTable } from '../constructs/single-table.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

/** Who is who: the tenants table, and the authorizer that reads it before a route is reached. */
export class Tenancy extends Construct {
  readonly tenants: SingleTable;
  readonly authorizer: NodeFunction;
  /** The key of visitors' tokens, for whoever issues them. */
  readonly visitorTokenKey: GeneratedSecret;

  constructor(scope: Construct, id: string, { deployment }: { deployment: Deployment }) {
    super(scope, id);
    this.tenants = new SingleTable(this, 'Tenants', { deployment, name: 'tenants' });
    this.visitorTokenKey = new GeneratedSecret(this, 'VisitorTokenKey', {
      deployment,
      name: 'visitor-token-key',
      description:
        'The key that signs the tokens of visitors, and from which the companies’ identity secrets are derived',
    });
    this.authorizer = new NodeFunction(this, 'Authorizer', {
      deployment,
      context: 'administration',
      name: 'authorizer',
      description:
        'Says who calls, by an API key, a public client id, or a token of a visitor or a person',
      impact: 'Every caller of the API is refused with 500; webhooks of vendors still come in',
      memoryMb: deployment.stage.memoryMb.request,
      timeoutSeconds: 10,
      environment: {
        TENANTS_TABLE: this.tenants.tableName,
        VISITOR_TOKEN_KEY_SECRET_ID: this.visitorTokenKey.secretArn,
        SECRETS_MANAGER_REGION: this.tenants.env.region,
        ...deployment.passedOn(
          'OIDC_ISSUER',
          'OIDC_AUDIENCE',
          'OIDC_ALGORITHM',
          'OIDC_TENANT_CLAIM',
          'OIDC_ROLE_CLAIM',
        ),
      },
      secrets: [this.visitorTokenKey],
    });
    this.tenants.grant(this.authorizer, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    output(this, 'TenantsTable', this.tenants.tableName, { what: 'The tenants table' });
  }
}
