import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signHs256 } from '../../../lambdas/tenancy/compact-jws.ts';
import {
  identitySecret,
  identitySecrets,
  verifyIdentity,
} from '../../../lambdas/web-chat/work/identity.ts';

const deploymentKey = 'k'.repeat(64);
const now = Date.parse('2026-11-21T10:00:00Z');
const seconds = now / 1000;
const secret = identitySecret(deploymentKey, 'acme', 1);
const hour = 3_600;
const claims = { sub: 'u-1', exp: seconds + hour };

const verified = (token: string, secrets = [secret]) => verifyIdentity({ token }, secrets, now);
const hmac = (text: string, key = secret) => createHmac('sha256', key).update(text).digest('hex');
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an identity secret', () => {
  it('is another one for each company and version, and the same each time', () => {
    const all = ['acme', 'acme 1', 'globex'].flatMap((tenant) =>
      [1, 2, 11].map((version) => identitySecret(deploymentKey, tenant, version)),
    );

    expect(new Set(all).size).toBe(all.length);
    expect(identitySecret(deploymentKey, 'acme', 1)).toBe(secret);
    expect(secret).toMatch(/^res_[0-9a-f]{64}$/);
  });

  it('is accepted together with the one before, and no older one', () => {
    const token = signHs256(claims, secret);

    expect(verified(token, identitySecrets(deploymentKey, 'acme', 2))).toHaveProperty('identity');
    expect(verified(token, identitySecrets(deploymentKey, 'acme', 3))).toHaveProperty('refused');
  });
});

describe('a token that names a visitor', () => {
  it('is what a common library makes of it', async () => {
    const token = await new SignJWT({ name: 'Jo', email: 'jo@example.com' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('u-1')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + hour)
      .sign(new TextEncoder().encode(secret));

    expect(verified(token)).toEqual({
      identity: { user_id: 'u-1', name: 'Jo', email: 'jo@example.com' },
    });
  });

  it.each([
    [
      'of another company',
      signHs256(claims, identitySecret(deploymentKey, 'globex', 1)),
      'not signed',
    ],
    ['signed by the public client id', signHs256(claims, 're_pub_acme_abcdefghijkl'), 'not signed'],
    ['signed by nothing', signHs256(claims, ''), 'not signed'],
    ['of no algorithm', `${encoded({ alg: 'none' })}.${encoded(claims)}.`, 'no JWT'],
    ['of no algorithm, signed', `${encoded({ alg: 'none' })}.${encoded(claims)}.AAAA`, 'HS256'],
    [
      'of a public key’s algorithm',
      `${encoded({ alg: 'RS256' })}.${encoded(claims)}.AAAA`,
      'HS256',
    ],
    ['of a longer hash', `${encoded({ alg: 'HS512' })}.${encoded(claims)}.AAAA`, 'HS256'],
    ['that has ended', signHs256({ sub: 'u-1', exp: seconds - 61 }, secret), 'has ended'],
    ['without an end', signHs256({ sub: 'u-1' }, secret), 'no exp'],
    ['with an end that is a text', signHs256({ sub: 'u-1', exp: '9999999999' }, secret), 'no exp'],
    [
      'with an end in milliseconds',
      signHs256({ sub: 'u-1', exp: now + 1 }, secret),
      'milliseconds',
    ],
    ['that never ends', signHs256({ sub: 'u-1', exp: seconds + 25 * hour }, secret), '24 hours'],
    ['from the future', signHs256({ ...claims, iat: seconds + 61 }, secret), 'future'],
    ['that is not valid yet', signHs256({ ...claims, nbf: seconds + 61 }, secret), 'future'],
    ['of nobody', signHs256({ exp: seconds + hour }, secret), 'sub'],
    ['of somebody without a name', signHs256({ ...claims, sub: '' }, secret), 'sub'],
    ['of a number', signHs256({ ...claims, sub: 7 }, secret), 'sub'],
    ['of a line end', signHs256({ ...claims, sub: 'a\nb' }, secret), 'sub'],
    ['that is too long', signHs256({ ...claims, name: 'x'.repeat(4_000) }, secret), '4000'],
    [
      'with a name that is too long',
      signHs256({ ...claims, name: 'x'.repeat(201) }, secret),
      'name',
    ],
    ['that is none', 'let-me-in', 'no JWT'],
  ])('is refused %s', (_, token, reason) => {
    expect(verified(token)).toEqual({ refused: expect.stringContaining(reason) });
  });

  it('may be of a server whose clock is a minute apart', () => {
    const early = { sub: 'u-1', exp: seconds + hour, iat: seconds + 60, nbf: seconds + 60 };

    expect(verified(signHs256(early, secret))).toHaveProperty('identity');
    expect(verified(signHs256({ sub: 'u-1', exp: seconds - 59 }, secret))).toHaveProperty(
      'identity',
    );
  });

  it('says no secret in what it is refused for', () => {
    for (const token of ['x', signHs256(claims, 'other')]) {
      expect(JSON.stringify(verified(token))).not.toContain(secret);
    }
  });
});

describe('a hash that names a visitor', () => {
  it('is the HMAC of his id, in hexadecimal digits of either case', () => {
    for (const user_hash of [hmac('u-1'), hmac('u-1').toUpperCase()]) {
      expect(verifyIdentity({ user_id: 'u-1', user_hash, name: 'Jo' }, [secret], now)).toEqual({
        identity: { user_id: 'u-1', name: 'Jo' },
      });
    }
  });

  it('is nobody else’s', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (user_id) => {
        fc.pre(user_id !== 'u-1');
        const result = verifyIdentity({ user_id, user_hash: hmac('u-1') }, [secret], now);
        expect(result).toHaveProperty('refused');
      }),
    );
  });

  it.each([
    ['', 'u-1'],
    ['zz', 'u-1'],
    [hmac('u-1').slice(2), 'u-1'],
    [`${hmac('u-1')}00`, 'u-1'],
    [hmac('u-1', identitySecret(deploymentKey, 'globex', 1)), 'u-1'],
    [hmac(''), ''],
    [hmac('x'.repeat(201)), 'x'.repeat(201)],
  ])('is refused as %j of %j', (user_hash, user_id) => {
    expect(verifyIdentity({ user_id, user_hash }, [secret], now)).toHaveProperty('refused');
  });
});
