import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { verifyHs256 } from '../../tenancy/compact-jws.ts';
import { visitorKeyFor } from '../../tenancy/visitor-token.ts';
import { limits } from '../limits.ts';

/** Whom a company's own server has named. */
export interface Identity {
  user_id: string;
  name?: string;
  email?: string;
}

/** A proof that comes from the company's own server: a JWT, or the HMAC of a visitor's id. */
export type IdentityProof =
  | { token: string }
  | { user_id: string; user_hash: string; name?: string | undefined; email?: string | undefined };

/** Whose it is, or why it proves nothing, as a sentence for the company's developer. */
export type VerifiedIdentity = { identity: Identity } | { refused: string };

const toleranceSeconds = 60;
const prefix = 'res_';

/**
 * The secret by which a company's server names visitors. It is derived from the deployment's key, so that none is
 * stored: the same key, company and version give the same.
 */
export const identitySecret = (deploymentKey: string, tenantId: string, version: number): string =>
  prefix + visitorKeyFor(deploymentKey, `visitor-identity ${tenantId} ${version}`);

/** The secrets that are accepted: the current one and the one before, which servers may still have. */
export function identitySecrets(deploymentKey: string, tenantId: string, version: number) {
  const versions = version > 1 ? [version, version - 1] : [version];
  return versions.map((one) => identitySecret(deploymentKey, tenantId, one));
}

/** Verifies who a visitor is said to be, by the company's secrets. */
export const verifyIdentity = (
  proof: IdentityProof,
  secrets: readonly string[],
  nowMs: number,
): VerifiedIdentity =>
  'token' in proof ? ofToken(proof.token, secrets, nowMs) : ofHash(proof, secrets);

const userId = z.string().check(z.regex(/^[^\p{Cc}]{1,200}$/u));
const optionalText = (maxChars: number) =>
  z.optional(z.nullable(z.string().check(z.maxLength(maxChars))));

const claimsSchema = z.object({
  sub: userId,
  exp: z.number(),
  nbf: z.optional(z.number()),
  iat: z.optional(z.number()),
  name: optionalText(200),
  email: optionalText(254),
});

function ofToken(token: string, secrets: readonly string[], nowMs: number): VerifiedIdentity {
  if (token.length > limits.identityTokenChars) {
    return refused(`the token has more than ${limits.identityTokenChars} characters`);
  }
  const verified = verifyHs256(token, secrets);
  if ('fault' in verified) return refused(faults[verified.fault]);
  const read = claimsSchema.safeParse(verified.claims);
  if (!read.success) return refused(claimFault(read.error.issues[0]?.path[0]));
  const { sub, name, email, ...times } = read.data;
  const wrong = timeFault(times, nowMs / 1000);
  if (wrong) return refused(wrong);
  return { identity: { user_id: sub, ...(name && { name }), ...(email && { email }) } };
}

const faults = {
  malformed: 'the token is no JWT in the compact form',
  algorithm: 'the token is not signed by HS256',
  signature: 'the token is not signed by the identity secret of this company',
};

const claimFault = (claim: PropertyKey | undefined): string =>
  claim === 'exp'
    ? 'the token has no exp, a number of seconds since the epoch'
    : `the token’s claim ${String(claim)} is missing or malformed`;

function timeFault(
  { exp, nbf = 0, iat = 0 }: { exp: number; nbf?: number | undefined; iat?: number | undefined },
  now: number,
): string | undefined {
  if (exp + toleranceSeconds <= now)
    return 'the token has ended (exp): sign a new one for each page';
  if (exp > now + limits.identityHours * 3_600 + toleranceSeconds) {
    return `the token ends (exp) later than in ${limits.identityHours} hours; exp is in seconds, not milliseconds`;
  }
  if (Math.max(nbf, iat) > now + toleranceSeconds) {
    return 'the token is from the future (iat or nbf): compare the clock of your server';
  }
  return undefined;
}

function ofHash(
  { user_id, user_hash, name, email }: Extract<IdentityProof, { user_id: string }>,
  secrets: readonly string[],
): VerifiedIdentity {
  if (!userId.safeParse(user_id).success) {
    return refused('the user_id is empty, longer than 200 characters or has control characters');
  }
  const given = Buffer.from(/^[0-9a-f]{64}$/i.test(user_hash) ? user_hash : '', 'hex');
  const isProven = secrets.some((secret) => {
    const mac = createHmac('sha256', secret).update(user_id).digest();
    return mac.length === given.length && timingSafeEqual(mac, given);
  });
  if (!isProven) {
    return refused('user_hash is not the HMAC-SHA256 of user_id by the identity secret, in hex');
  }
  return { identity: { user_id, ...(name && { name }), ...(email && { email }) } };
}

const refused = (reason: string) => ({ refused: reason });
