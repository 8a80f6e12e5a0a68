import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { onTestFinished } from 'vitest';

/** An OpenID Connect issuer on this machine, with one signing key that is published and one that is not. */
export interface IdentityProvider {
  issuer: string;
  /** The published key as PEM, as an attacker can have it. */
  publicKeyPem: string;
  /** A token of this issuer as it should be, except what is given. */
  token(claims?: JWTPayload, more?: TokenOptions): Promise<string>;
  /** How often the keys were fetched. */
  fetches(): number;
  /** Answers 503 from now on. */
  breakDown(): void;
  close(): Promise<void>;
}

export interface TokenOptions {
  header?: Record<string, unknown>;
  /** Signs with the key that is not published. */
  foreignKey?: boolean;
  without?: string[];
}

export const audience = 'replies-engine';

export async function anIdentityProvider(
  now: () => number = Date.now,
  keep?: 'until closed',
): Promise<IdentityProvider> {
  const [own, foreign] = await Promise.all([keyPair(), keyPair()]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  let fetches = 0;
  let broken = false;
  let issuer = '';
  const server = createServer((request, response) => {
    response.writeHead(broken ? 503 : 200, { 'content-type': 'application/json' });
    const isDiscovery = request.url === '/.well-known/openid-configuration';
    if (!isDiscovery) fetches += 1;
    response.end(
      JSON.stringify(isDiscovery ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [jwk] }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  if (!keep) onTestFinished(close);
  return {
    issuer,
    publicKeyPem: await exportSPKI(own.publicKey),
    fetches: () => fetches,
    breakDown: () => {
      broken = true;
    },
    close,
    token(claims = {}, { header = {}, foreignKey = false, without = [] } = {}) {
      const seconds = Math.floor(now() / 1000);
      const all: JWTPayload = {
        iss: issuer,
        aud: audience,
        sub: 'person-1',
        iat: seconds,
        exp: seconds + 3_600,
        tenant_id: 'acme',
        role: 'TenantAdmin',
        ...claims,
      };
      for (const name of without) delete all[name];
      return new SignJWT(all)
        .setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...header })
        .sign((foreignKey ? foreign : own).privateKey);
    },
  };
}

const keyPair = (): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> =>
  generateKeyPair('RS256', { extractable: true });
