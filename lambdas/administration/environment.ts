import * as z from 'zod/mini';
import { isHttpUrl, isLoopbackUrl, loopbackVariable } from '../shared/public-url.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

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
  /** The issuer whose tokens are accepted, such as https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc. */
  OIDC_ISSUER: z.optional(httpsUrl),
  /** What the tokens must be meant for: the client id at Cognito. */
  OIDC_AUDIENCE: z.optional(z.string()),
  OIDC_ALGORITHM: z._default(z.enum(algorithms), 'RS256'),
  OIDC_TENANT_CLAIM: claim('tenant_id'),
  OIDC_ROLE_CLAIM: claim('role'),
};

/** What an operator may set for this context, checked when the stack is synthesized. */
export const operatorEnvironment = z.object(identityProvider).check(
  z.refine((env) => !env.OIDC_ISSUER || Boolean(env.OIDC_AUDIENCE), {
    error: 'OIDC_ISSUER needs OIDC_AUDIENCE',
    path: ['OIDC_AUDIENCE'],
  }),
);

export const authorizerEnvironment = z.object({ ...tenancyEnvironment, ...identityProvider });

export const configurationEnvironment = z.object({ ...tenancyEnvironment, ...loopbackVariable });

export const usageEnvironment = z.object(tenancyEnvironment);

export const openApiEnvironment = z.object({ ...tenancyEnvironment, PUBLIC_BASE_URL: z.string() });
