import { createHmac, hkdfSync } from 'node:crypto';

const secretBytes = 32;
const prefix = 'whsec_';

/**
 * The secret that signs a company's webhooks, as Standard Webhooks writes it. It is derived (HKDF,
 * RFC 5869) from the deployment's key, so that none is stored: the same key, company and version give the same.
 */
export function secretOf(signingKey: string, tenantId: string, version: number): string {
  const purpose = `webhook ${tenantId} ${version}`;
  const bytes = hkdfSync('sha256', signingKey, '', purpose, secretBytes);
  return prefix + Buffer.from(bytes).toString('base64');
}

/** The secrets that sign: the current one, and the one before, which receivers may still have. */
export function signingSecrets(signingKey: string, tenantId: string, version: number): string[] {
  const versions = version > 1 ? [version, version - 1] : [version];
  return versions.map((one) => secretOf(signingKey, tenantId, one));
}

/** The headers of Standard Webhooks: HMAC-SHA256 over id, time and body, by each secret. */
export function signedHeaders(
  { id, atMs, body }: { id: string; atMs: number; body: string },
  secrets: string[],
): Record<string, string> {
  const timestamp = Math.floor(atMs / 1000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
