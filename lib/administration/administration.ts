import { Construct } from 'constructs';
import { routes } from '../../lambdas/administration/routes.ts';
import { ApiFunction } from '../constructs/api-function.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { SingleTable } from '../constructs/single-table.ts';
import type { StreamingApi } from '../constructs/streaming-api.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

export interface AdministrationProps {
  deployment: Deployment;
  api: PublicApi;
  streamingApi: StreamingApi;
  tenants: SingleTable;
}

/** What every tenant has whatever it uses: its configuration, its usage, and the API's own description. */
export class Administration extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { deployment, api, streamingApi, tenants }: AdministrationProps,
  ) {
    super(scope, id);
    const handler = new ApiFunction(this, 'Api', {
      deployment,
      context: 'administration',
      name: 'administration-api',
      description:
        "Reads and changes a tenant's configuration, tells what it has used, and describes the API",
      impact: 'Companies can neither read nor change their configuration',
      api,
      routes: Object.values(routes),
      tenants,
      environment: {
        LOOPBACK_URLS: deployment.stage.loopbackUrls,
        PUBLIC_BASE_URL: api.publicBaseUrl,
        STREAMING_BASE_URL: streamingApi.streamingBaseUrl,
      },
    });
    tenants.grant(handler, 'dynamodb:PutItem', 'dynamodb:Query');

    output(this, 'StreamingUrl', streamingApi.streamingBaseUrl, {
      what: 'The API that sends answers as they are made',
    });
    output(this, 'ApiUrl', api.publicBaseUrl, {
      what: 'The API; its document is at /openapi.json',
    });
  }
}
