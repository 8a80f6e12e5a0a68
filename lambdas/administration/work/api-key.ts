import { createHash, randomInt, timingSafeEqual } from 'node:crypto';

/** A credential as it is sent: an API key, a web page's public client id, a visitor's token, or one of an identity provider. */
export type Credential =
  | { kind: 'key'; tenant_id: string; key_id: string; secret: string }
  | { kind: 'client'; tenant_id: string; key_id: string }
  | { kind: 'visitor'; token: string }
  | { kind: 'token'; token: string };

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const keyIdChars = 12;
/** 43 of 62 characters: 256 bits. */
const secretChars = 43;
/** The HTTP API takes about 10 KB of headers in all. */
const maxCredentialChars = 8_192;

const keyPattern = new RegExp(
  `^re_live_([A-Za-z0-9._-]{1,64})_([0-9A-Za-z]{${keyIdChars}})_([0-9A-Za-z]{${secretChars}})$`,
);
const clientPattern = new RegExp(`^re_pub_([A-Za-z0-9._-]{1,64})_([0-9A-Za-z]{${keyIdChars}})$`);
const visitorPattern = /^re_vis_[\w-]+\.[\w-]+\.[\w-]+$/;
const tokenPattern = /^[\w-]+\.[\w-]+\.[\w-]*$/;

const randomText = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

export const newKeyId = (): string => randomText(keyIdChars);

/** A new key: its text, which is shown once, and the hash that is stored. */
export function newApiKey(tenantId: string, keyId: string): { text: string; secret_hash: string } {
  const secret = randomText(secretChars);
  return { text: `re_live_${tenantId}_${keyId}_${secret}`, secret_hash: hashOf(secret) };
}

export const clientIdOf = (tenantId: string, keyId: string): string =>
  `re_pub_${tenantId}_${keyId}`;

/** The credential of an `Authorization` header, by its shape alone; undefined when it has none of the shapes. */
export function parseCredential(header: string): Credential | undefined {
  const text = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (!text || text.length > maxCredentialChars) return undefined;
  const [, tenant_id, key_id, secret] = keyPattern.exec(text) ?? [];
  if (tenant_id && key_id && secret) return { kind: 'key', tenant_id, key_id, secret };
  const [, clientTenant, clientId] = clientPattern.exec(text) ?? [];
  if (clientTenant && clientId)
    return { kind: 'client', tenant_id: clientTenant, key_id: clientId };
  if (visitorPattern.test(text)) return { kind: 'visitor', token: text };
  return tokenPattern.test(text) ? { kind: 'token', token: text } : undefined;
}

/** SHA-256 as hexadecimal text; enough where the secret itself is 256 random bits. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares in constant time; without a stored hash it takes as long and is false. */
export function isSecret(secret: string, storedHash: string | undefined): boolean {
  const stored = Buffer.from(storedHash ?? hashOf('none'), 'hex');
  const given = Buffer.from(hashOf(secret), 'hex');
  return (
    stored.length === given.length && timingSafeEqual(stored, given) && storedHash !== undefined
  );
}
