import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { openApiEnvironment } from './environment.ts';
import { openApiApp } from './openapi.ts';

/** The document that describes the API. */
export const handler = http('openapi', openApiEnvironment, (parts) =>
  openApiApp({ ...tenancyOf(parts).gate, publicBaseUrl: parts.env.PUBLIC_BASE_URL }),
);
