import { Construct } from 'constructs';
import { routes } from '../../lambdas/administration/routes.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface PlatformProps {
  deployment: Deployment;
  api: PublicApi;
  tenants: SingleTable;
}

const timeoutSeconds = 10;

/** What every tenant has whatever it uses: its configuration, its usage, and the API's own description. */
export class Platform extends Construct {
  constructor(scope: Construct, id: string, { deployment, api, tenants }: PlatformProps) {
    super(scope, id);
    const memoryMb = deployment.stage.memoryMb.request;
    const common = { deployment, context: 'administration', memoryMb, timeoutSeconds };
    const environment = { TENANTS_TABLE: tenants.tableName, ...deployment.passedOn('LOG_LEVEL') };

    const configuration = new NodeFunction(this, 'Configuration', {
      ...common,
      job: 'configuration',
      name: 'configuration',
      description: "Reads and changes a tenant's configuration",
      environment: { ...environment, LOOPBACK_URLS: deployment.stage.loopbackUrls },
      impact: 'Companies cannot read or change their configuration',
    });
    tenants.grant(
      configuration,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    api.serve(
      configuration,
      routes.setConfiguration,
      routes.listConfiguration,
      routes.getConfiguration,
      routes.deleteConfiguration,
      routes.listChanges,
    );

    const usage = new NodeFunction(this, 'Usage', {
      ...common,
      job: 'usage',
      name: 'usage',
      description: 'Tells what a tenant has used',
      environment,
      impact: 'Companies cannot see what they have used',
    });
    tenants.grant(usage, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem');
    api.serve(usage, routes.usage);

    const openApi = new NodeFunction(this, 'OpenApi', {
      ...common,
      job: 'openapi',
      name: 'openapi',
      description: 'Describes the API',
      environment: { ...environment, PUBLIC_BASE_URL: api.publicBaseUrl },
      impact: 'Developers cannot read the description of the API',
    });
    tenants.grant(openApi, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    api.serve(openApi, routes.openApi);

    output(this, 'ApiUrl', api.publicBaseUrl, {
      what: 'The API; its document is at /openapi.json',
    });
  }
}
