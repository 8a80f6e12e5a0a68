import * as z from 'zod/mini';
import { httpUrl, isHttpUrl, isLoopbackUrl, loopbackVariable } from '../shared/public-url.ts';
import { tenancyEnvironment, visitorKeyEnvironment } from '../tenancy/environment.ts';

const httpsUrl = z.string().check(
  z.refine((text) => isHttpUrl(text) && (/^https:/i.test(text) || isLoopbackUrl(text)), {
    error: 'It must start with https://.',
  }),
);

/** Algorithms whose public keys a JWKS can hold; none of them takes a shared secret. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const claim = (fallback: string) =>
  z._default(z.string().check(z.minLength(1), z.maxLength(200)), fallback);

const identityProvider = {
  OIDC_ISSUER: z
    .optional(httpsUrl)
    .check(
      z.describe(
        'The identity provider whose tokens are accepted; its keys are found by OpenID Connect Discovery',
      ),
    ),
  OIDC_AUDIENCE: z
    .optional(z.string())
    .check(z.describe('What the tokens are meant for (`aud`, or Cognito’s `client_id`)')),
  OIDC_ALGORITHM: z
    ._default(z.enum(algorithms), 'RS256')
    .check(z.describe('The one algorithm by which they are signed')),
  OIDC_TENANT_CLAIM: claim('tenant_id').check(
    z.describe(
      'The claim that holds the company’s id, such as `custom:tenant_id`. No user may write it, who could move to another company: at Cognito it is immutable, or read-only to the app client',
    ),
  ),
  OIDC_ROLE_CLAIM: claim('role').check(
    z.describe(
      'The claim that holds the role, or a list such as `cognito:groups`. No user may write it either',
    ),
  ),
};

/** What an operator may set for this context, checked when the stack is synthesized. */
export const operatorEnvironment = z
  .object({
    ...identityProvider,
    PUBLIC_STREAMING_BASE_URL: z
      .optional(httpUrl)
      .check(
        z.describe(
          'A domain of your own before the API that streams answers; that API’s own URL by default',
        ),
      ),
  })
  .check(
    z.refine((env) => !env.OIDC_ISSUER || Boolean(env.OIDC_AUDIENCE), {
      error: 'OIDC_ISSUER needs OIDC_AUDIENCE',
      path: ['OIDC_AUDIENCE'],
    }),
  );

export const authorizerEnvironment = z.object({
  ...tenancyEnvironment,
  ...visitorKeyEnvironment,
  ...identityProvider,
});

export const apiEnvironment = z.object({
  ...tenancyEnvironment,
  ...loopbackVariable,
  PUBLIC_BASE_URL: z.string(),
  STREAMING_BASE_URL: z.string(),
});
