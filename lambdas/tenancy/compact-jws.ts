import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed text says, or why it is not to be trusted. */
export type VerifiedJws =
  | { claims: Record<string, unknown> }
  | { fault: 'malformed' | 'algorithm' | 'signature' };

const header = encoded({ alg: 'HS256', typ: 'JWT' });

/** A JWT in the compact form (RFC 7515), signed by HMAC-SHA256. */
export function signHs256(claims: object, key: string): string {
  const signed = `${header}.${encoded(claims)}`;
  return `${signed}.${macOf(signed, key).toString('base64url')}`;
}

/**
 * The claims of a JWT that one of the keys has signed by HMAC-SHA256: no other algorithm, no extension that must be
 * understood, and each part in its one spelling. Its times are the caller's to check.
 */
export function verifyHs256(token: string, keys: readonly string[]): VerifiedJws {
  const parts = token.split('.');
  const [head = '', payload = '', signature = ''] = parts;
  const given = bytesOf(signature);
  const protectedHeader = objectIn(head);
  if (parts.length !== 3 || !protectedHeader || !given) return { fault: 'malformed' };
  if (protectedHeader['alg'] !== 'HS256' || 'crit' in protectedHeader)
    return { fault: 'algorithm' };
  const isSigned = keys.some((key) => {
    const mac = macOf(`${head}.${payload}`, key);
    return mac.length === given.length && timingSafeEqual(mac, given);
  });
  if (!isSigned) return { fault: 'signature' };
  const claims = objectIn(payload);
  return claims ? { claims } : { fault: 'malformed' };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

const macOf = (text: string, key: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** Undefined where the text is not the one way to write its bytes. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

function objectIn(part: string): Record<string, unknown> | undefined {
  const bytes = bytesOf(part);
  if (!bytes) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
