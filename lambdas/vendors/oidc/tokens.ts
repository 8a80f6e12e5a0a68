import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';

export interface IdentityProvider {
  issuer: string;
  audience: string;
  algorithm: string;
  tenantClaim: string;
  roleClaim: string;
}

/** Who a token says it is; `undefined` for a token that is not to be trusted. */
export interface Identity {
  subject: string;
  tenant_id: string | undefined;
  /** One or, such as Cognito's groups, several. */
  roles: string[];
  /** Seconds since the epoch. */
  valid_until: number;
}

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

const timeoutMs = 3_000;
/** For how long an issuer that failed is not asked again: forged tokens cost nothing, but a fetch costs seconds. */
const restMs = 5_000;
/** How far clocks may be apart. */
const toleranceSeconds = 30;

/**
 * Verifies tokens of one OpenID Connect issuer by its published keys: signature by the pinned algorithm,
 * issuer, audience, expiry, and that it is not from the future. Throws `retry` when the keys are not available,
 * for which the issuer is asked once in some seconds.
 */
export function tokenVerifier(
  provider: IdentityProvider,
  clock: Pick<Clock, 'now'>,
  fetcher: Fetch = fetch,
): (token: string) => Promise<Identity | undefined> {
  let keySet: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  let restUntil = 0;
  const fetchUnlessResting: Fetch = async (url, init) => {
    if (clock.now() < restUntil) throw new Error('The issuer failed a few seconds ago.');
    return fetcher(url, init);
  };
  const keysOf = () => {
    keySet ??= discover(provider.issuer, fetchUnlessResting).then((url) =>
      createRemoteJWKSet(url, { timeoutDuration: timeoutMs, [customFetch]: fetchUnlessResting }),
    );
    keySet.catch(() => {
      keySet = undefined;
    });
    return keySet;
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, await keysOf(), {
        issuer: provider.issuer,
        algorithms: [provider.algorithm],
        requiredClaims: ['exp', 'sub'],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(clock.now()),
      });
      return isMeantForUs(payload, provider, clock.now())
        ? identityOf(payload, provider)
        : undefined;
    } catch (error) {
      if (isTheTokens(error)) return undefined;
      // Tokens that come in this time do not extend it.
      if (clock.now() >= restUntil) restUntil = clock.now() + restMs;
      throw unavailable(provider.issuer, error);
    }
  };
}

/** OpenID Connect Discovery 1.0: where the issuer publishes its keys. */
async function discover(issuer: string, fetcher: Fetch): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetcher(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`Discovery answered ${response.status}.`);
  const found = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (found.issuer !== issuer) throw new Error('Discovery names another issuer.');
  return new URL(String(found.jwks_uri));
}

/** Cognito's access tokens name their client by `client_id` and have no `aud`. */
function isMeantForUs(payload: JWTPayload, { audience }: IdentityProvider, now: number): boolean {
  const meantFor = payload.aud === undefined ? payload['client_id'] : payload.aud;
  const isFromFuture = (payload.iat ?? 0) > now / 1000 + toleranceSeconds;
  return [meantFor].flat().includes(audience) && !isFromFuture;
}

function identityOf(payload: JWTPayload, provider: IdentityProvider): Identity {
  const [tenant, roles] = [payload[provider.tenantClaim], payload[provider.roleClaim]];
  return {
    subject: String(payload.sub),
    tenant_id: typeof tenant === 'string' ? tenant : undefined,
    roles: [roles].flat().filter((role) => typeof role === 'string'),
    // RFC 7519 allows fractions.
    valid_until: Math.floor(Number(payload.exp)),
  };
}

/** Faults of the token itself, and not of the way to the issuer. */
const isTheTokens = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';

const unavailable = (issuer: string, cause: unknown) =>
  retryLater('issuer_unavailable', `The keys of ${issuer} could not be fetched.`, { cause });
