import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { asEngineError } from '../shared/errors.ts';
import { lambda } from '../shared/lambda.ts';
import { errorForLog } from '../shared/log.ts';
import type { AuthorizerContext } from '../tenancy/authorizer-context.ts';
import {
  parseVisitorKey,
  type VerifiedVisitor,
  verifyVisitorToken,
} from '../tenancy/visitor-token.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import type { CachedSecret } from '../vendors/aws/secrets.ts';
import type { Identity } from '../vendors/oidc/tokens.ts';
import { authorizerEnvironment } from './environment.ts';
import { credentialStore } from './stores/credential-store.ts';
import { tenantStore } from './stores/tenant-store.ts';
import { type AuthorizerPorts, authorize } from './work/authorize.ts';

/** Says who calls. The HTTP API does not cache a failure of the authorizer; it answers 500. */
export const handler = lambda('authorizer', authorizerEnvironment, ({ env, log }) => {
  const table = { client: documentClient(), name: env.TENANTS_TABLE, clock: systemClock };
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = env;
  const ports: AuthorizerPorts = {
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
    verifyVisitor: lazyVisitorVerifier(env),
    clock: systemClock,
    log,
  };
  return async (event: APIGatewayRequestAuthorizerEventV2): Promise<SimpleResponse> => {
    try {
      const said = await authorize(event.headers?.['authorization'] ?? '', ports);
      if (said.outcome !== 'known') log.info('A caller was refused.', { outcome: said.outcome });
      return { isAuthorized: true, context: said };
    } catch (thrown) {
      const error = asEngineError(thrown);
      log.error('The authorizer failed.', { error_code: error.code, error: errorForLog(error) });
      throw thrown;
    }
  };
});

interface SimpleResponse {
  isAuthorized: boolean;
  context: AuthorizerContext;
}

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

interface VisitorKeyEnvironment {
  VISITOR_TOKEN_KEY_SECRET_ID: string;
  SECRETS_MANAGER_REGION?: string | undefined;
}

/** The deployment's key is fetched with the first visitor, and again where a token does not fit it: it may have been replaced. */
function lazyVisitorVerifier(env: VisitorKeyEnvironment) {
  let secret: Promise<CachedSecret<string>> | undefined;
  return async (token: string): Promise<VerifiedVisitor | undefined> => {
    secret ??= import('../vendors/aws/secrets.ts').then(({ secretOf }) =>
      secretOf(env, env.VISITOR_TOKEN_KEY_SECRET_ID, parseVisitorKey),
    );
    const key = await secret;
    const verify = async () => verifyVisitorToken(token, await key.get(), systemClock.now());
    return (await verify()) ?? ((await key.refresh()) ? verify() : undefined);
  };
}
