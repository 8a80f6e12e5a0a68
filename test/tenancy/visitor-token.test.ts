import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signHs256, verifyHs256 } from '../../lambdas/tenancy/compact-jws.ts';
import {
  parseVisitorKey,
  verifyVisitorToken,
  visitorKeyFor,
  visitorToken,
} from '../../lambdas/tenancy/visitor-token.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const key = 'k'.repeat(64);
const visitor = { tenant_id: 'acme', participant_id: 'anon_1' };
const { token, valid_until } = visitorToken(visitor, key, now);
const minutes = 60_000;

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token whose parts are as an attacker wants them, signed by this key. */
function forged(header: unknown, claims: unknown, signingKey: string, hash = 'sha256'): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${createHmac(hash, signingKey).update(signed).digest('base64url')}`;
}

describe('a visitor’s token', () => {
  it('says whose it is for an hour', () => {
    expect(token).toMatch(/^re_vis_[\w-]+\.[\w-]+\.[\w-]{43}$/);
    expect(valid_until).toBe(now / 1000 + 3_600);
    expect(verifyVisitorToken(token, key, now)).toEqual({ ...visitor, valid_until });
    expect(verifyVisitorToken(token, key, now + 60 * minutes - 1)).toBeDefined();
    expect(verifyVisitorToken(token, key, now + 60 * minutes)).toBeUndefined();
  });

  it('that has ended is known for as long as it is asked for, and no longer', () => {
    const day = 86_400;
    const at = now + 60 * minutes + 30 * day * 1000;

    expect(verifyVisitorToken(token, key, at - 1, 30 * day)).toMatchObject(visitor);
    expect(verifyVisitorToken(token, key, at, 30 * day)).toBeUndefined();
  });

  it('from the future is refused, but not for clocks that are some seconds apart', () => {
    expect(verifyVisitorToken(token, key, now - 29_000)).toBeDefined();
    expect(verifyVisitorToken(token, key, now - 31_000)).toBeUndefined();
  });

  it('of another deployment is nobody’s', () => {
    expect(verifyVisitorToken(token, 'x'.repeat(64), now)).toBeUndefined();
  });

  it('is not signed by the deployment’s key itself, nor by that of another purpose', () => {
    const claims = { tenant_id: 'acme', sub: 'anon_1', iat: now / 1000, exp: valid_until };
    for (const other of [key, visitorKeyFor(key, 'visitor-identity acme 1')]) {
      const made = `re_vis_${signHs256(claims, other)}`;
      expect(verifyVisitorToken(made, key, now)).toBeUndefined();
    }
  });

  it('is refused with any one character changed', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom(...'ABCabc019-_.='.split('')),
        (at, other) => {
          fc.pre(token[at] !== other);
          const changed = token.slice(0, at) + other + token.slice(at + 1);
          expect(verifyVisitorToken(changed, key, now)).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    ['no company', { sub: 'anon_1', iat: now / 1000, exp: valid_until }],
    ['no participant', { tenant_id: 'acme', iat: now / 1000, exp: valid_until }],
    ['no end', { tenant_id: 'acme', sub: 'anon_1', iat: now / 1000 }],
    ['an end that is a text', { tenant_id: 'acme', sub: 'a', iat: 1, exp: '9999999999' }],
    ['another company in the shape of a path', { tenant_id: 'a/b', sub: 'a', iat: 1, exp: 9e9 }],
  ])('with %s is refused though it is signed', (_, claims) => {
    const made = `re_vis_${signHs256(claims, visitorKeyFor(key, 'visitor-token'))}`;

    expect(verifyVisitorToken(made, key, now)).toBeUndefined();
  });
});

describe('a signed text', () => {
  const claims = { sub: 'u1' };

  it('is read back, whatever its claims', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (given) => {
        const read = verifyHs256(signHs256(given, key), [key]);
        expect(read).toEqual({ claims: JSON.parse(JSON.stringify(given)) });
      }),
    );
  });

  it('is read by the second of two keys, while one replaces the other', () => {
    expect(verifyHs256(signHs256(claims, 'old'), ['new', 'old'])).toEqual({ claims });
  });

  it.each([
    ['no algorithm', { alg: 'none' }, `${encoded({ alg: 'none' })}.${encoded(claims)}.`],
    ['no algorithm, with a signature', { alg: 'none' }, undefined],
    ['it in capitals', { alg: 'NONE' }, undefined],
    ['no algorithm named', {}, undefined],
    ['another length', { alg: 'HS512' }, forged({ alg: 'HS512' }, claims, key, 'sha512')],
    ['a public key’s', { alg: 'RS256' }, undefined],
    [
      'an extension that must be understood',
      { alg: 'HS256', crit: ['b64'], b64: false },
      undefined,
    ],
  ])('by an algorithm that is not ours is refused: %s', (_, header, text) => {
    const fault = verifyHs256(text ?? forged(header, claims, key), [key]);

    expect('fault' in fault && ['algorithm', 'malformed']).toContain(
      'fault' in fault && fault.fault,
    );
  });

  it.each([
    '',
    '.',
    '..',
    'a.b.c',
    `${signHs256(claims, key)}=`,
    `${signHs256(claims, key)}.x`,
    ` ${signHs256(claims, key)}`,
    signHs256(claims, key).split('.').slice(0, 2).join('.'),
    forged({ alg: 'HS256' }, [1], key),
    forged({ alg: 'HS256' }, 'text', key),
    forged({ alg: 'HS256' }, null, key),
    forged([], claims, key),
  ])('that is none is malformed: %j', (text) => {
    expect(verifyHs256(text, [key])).toEqual({ fault: 'malformed' });
  });

  it('without a key to verify it is refused', () => {
    expect(verifyHs256(signHs256(claims, ''), [])).toEqual({ fault: 'signature' });
  });
});

describe('the deployment’s key', () => {
  it('is refused when it is short', () => {
    expect(parseVisitorKey(key)).toBe(key);
    expect(() => parseVisitorKey('short')).toThrow('fewer than 32 characters');
  });
});
