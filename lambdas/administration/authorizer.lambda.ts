import { systemClock } from '../shared/clock.ts';
import { asEngineError } from '../shared/errors.ts';
import { headerIn } from '../shared/http/header.ts';
import { lambda } from '../shared/lambda.ts';
import { errorForLog } from '../shared/log.ts';
import {
  parseVisitorKey,
  type VerifiedVisitor,
  verifyVisitorToken,
} from '../tenancy/visitor-token.ts';
import { documentClient } from '../vendors/aws/clients.ts';
import { type CachedSecret, secretOf } from '../vendors/aws/secrets.ts';
import type { Identity } from '../vendors/oidc/tokens.ts';
import {
  type AuthorizerAnswer,
  type AuthorizerEvent,
  authorizerAnswer,
} from './authorizer-answer.ts';
import { authorizerEnvironment } from './environment.ts';
import { credentialStore } from './stores/credential-store.ts';
import { tenantStore } from './stores/tenant-store.ts';
import { type AuthorizerPorts, authorize } from './work/authorize.ts';

/** Says who calls either API. They do not cache a failure of the authorizer; they answer 500. */
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
    verifyVisitor: visitorVerifier(env),
    clock: systemClock,
    log,
  };
  return async (event: AuthorizerEvent): Promise<AuthorizerAnswer> => {
    try {
      const said = await authorize(headerIn(event.headers, 'authorization') ?? '', ports);
      if (said.outcome !== 'known') log.info('A caller was refused.', { outcome: said.outcome });
      return authorizerAnswer(said, event);
    } catch (thrown) {
      const error = asEngineError(thrown);
      log.error('The authorizer failed.', { error_code: error.code, error: errorForLog(error) });
      throw thrown;
    }
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

interface VisitorKeyEnvironment {
  VISITOR_TOKEN_KEY_SECRET_ID: string;
  SECRETS_MANAGER_REGION?: string | undefined;
}

/** The deployment's key is fetched with the first visitor, and again where a token does not fit it: it may have been replaced. */
function visitorVerifier(env: VisitorKeyEnvironment) {
  let key: CachedSecret<string> | undefined;
  return async (token: string): Promise<VerifiedVisitor | undefined> => {
    key ??= secretOf(env, env.VISITOR_TOKEN_KEY_SECRET_ID, parseVisitorKey);
    const { get, refresh } = key;
    const verify = async () => verifyVisitorToken(token, await get(), systemClock.now());
    return (await verify()) ?? ((await refresh()) ? verify() : undefined);
  };
}
