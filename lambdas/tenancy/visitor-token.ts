import { hkdfSync } from 'node:crypto';
import * as z from 'zod/mini';
import { signHs256, verifyHs256 } from './compact-jws.ts';
import { tenantId } from './tenant.ts';

/** Who opens a conversation's routes: one visitor of one company, in all of his conversations. */
export interface Visitor {
  tenant_id: string;
  participant_id: string;
}

/** A visitor and until when his token opens the routes, in seconds since the epoch. */
export interface VerifiedVisitor extends Visitor {
  valid_until: number;
}

const visitorTokenSeconds = 3_600;
/** How far clocks of functions may be apart. */
const toleranceSeconds = 30;
const keyBytes = 32;
const prefix = 're_vis_';

const claimsSchema = z.object({
  tenant_id: tenantId,
  sub: z.string().check(z.minLength(1), z.maxLength(200)),
  iat: z.int(),
  exp: z.int(),
});

/** A token that opens the visitor's routes for an hour. */
export function visitorToken(
  { tenant_id, participant_id }: Visitor,
  deploymentKey: string,
  nowMs: number,
): { token: string; valid_until: number } {
  const iat = Math.floor(nowMs / 1000);
  const exp = iat + visitorTokenSeconds;
  const claims = { tenant_id, sub: participant_id, iat, exp };
  return { token: prefix + signHs256(claims, tokenKey(deploymentKey)), valid_until: exp };
}

/**
 * Whose token it is, also where it has ended up to `endedSeconds` ago; undefined for one that is not ours, has ended
 * before, or is from the future.
 */
export function verifyVisitorToken(
  token: string,
  deploymentKey: string,
  nowMs: number,
  endedSeconds = 0,
): VerifiedVisitor | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const verified = verifyHs256(token.slice(prefix.length), [tokenKey(deploymentKey)]);
  const claims = 'claims' in verified ? claimsSchema.safeParse(verified.claims).data : undefined;
  if (!claims) return undefined;
  const now = nowMs / 1000;
  if (claims.exp + endedSeconds <= now || claims.iat > now + toleranceSeconds) return undefined;
  return { tenant_id: claims.tenant_id, participant_id: claims.sub, valid_until: claims.exp };
}

/** The deployment's key as it is stored. */
export function parseVisitorKey(stored: string): string {
  if (stored.length >= keyBytes) return stored;
  throw new Error(`it has fewer than ${keyBytes} characters`);
}

/** A key of one purpose (HKDF, RFC 5869), as hexadecimal text: who has one learns nothing of the others. */
export const visitorKeyFor = (deploymentKey: string, purpose: string): string =>
  Buffer.from(hkdfSync('sha256', deploymentKey, '', purpose, keyBytes)).toString('hex');

const tokenKey = (deploymentKey: string): string => visitorKeyFor(deploymentKey, 'visitor-token');
