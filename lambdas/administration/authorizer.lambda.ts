import type { APIGatewayRequestAuthorizerEventV2, Context } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { readEnv } from '../shared/env.ts';
import { asEngineError } from '../shared/errors.ts';
import { createLog, errorForLog } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import type { AuthorizerContext } from '../tenancy/authorizer-context.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import type { Identity } from '../vendors/oidc/tokens.ts';
import { authorizerEnvironment } from './environment.ts';
import { credentialStore } from './stores/credential-store.ts';
import { tenantStore } from './stores/tenant-store.ts';
import { type AuthorizerPorts, authorize } from './work/authorize.ts';

const log = createLog('authorizer');

const authorizer = once((): AuthorizerPorts => {
  const env = readEnv(authorizerEnvironment);
  const table = { client: documentClient(), name: env.TENANTS_TABLE, clock: systemClock };
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = env;
  return {
    credentials: credentialStore(table),
    tenants: tenantStore(table),
    ...(issuer &&
      audience && {
        verifyToken: lazyVerifier({
          issuer,
          audience,
          algorithm: env.OIDC_ALGORITHM,
          tenantClaim: env.OIDC_TENANT_CLAIM,
          roleClaim: env.OIDC_ROLE_CLAIM,
        }),
      }),
    clock: systemClock,
    log,
  };
});

/** The library for tokens is loaded with the first token: most callers have keys. */
function lazyVerifier(provider: import('../vendors/oidc/tokens.ts').IdentityProvider) {
  let verifier: Promise<(token: string) => Promise<Identity | undefined>> | undefined;
  return async (token: string): Promise<Identity | undefined> => {
    verifier ??= import('../vendors/oidc/tokens.ts').then(({ tokenVerifier }) =>
      tokenVerifier(provider, systemClock),
    );
    return (await verifier)(token);
  };
}

interface SimpleResponse {
  isAuthorized: boolean;
  context: AuthorizerContext;
}

/** Says who calls; a failure of its own is not kept by the HTTP API, which answers it with 500. */
export const handler = async (
  event: APIGatewayRequestAuthorizerEventV2,
  context: Context,
): Promise<SimpleResponse> => {
  log.addContext(context);
  try {
    const said = await authorize(event.headers?.['authorization'] ?? '', authorizer());
    if (said.outcome !== 'known') log.info('A caller was refused.', { outcome: said.outcome });
    return { isAuthorized: true, context: said };
  } catch (thrown) {
    const error = asEngineError(thrown);
    log.error('The authorizer failed.', { error_code: error.code, error: errorForLog(error) });
    throw thrown;
  }
};
