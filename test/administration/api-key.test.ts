import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientIdOf,
  isSecret,
  newApiKey,
  newKeyId,
  parseCredential,
} from '../../lambdas/administration/work/api-key.ts';

const tenantIds = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);

describe('an API key', () => {
  it('is read back as what it was made for, whatever the company is called', () => {
    fc.assert(
      fc.property(tenantIds, (tenant_id) => {
        const key_id = newKeyId();
        const { text, secret_hash } = newApiKey(tenant_id, key_id);

        const credential = parseCredential(`Bearer ${text}`);

        expect(credential).toMatchObject({ kind: 'key', tenant_id, key_id });
        if (credential?.kind === 'key') expect(isSecret(credential.secret, secret_hash)).toBe(true);
      }),
    );
  });

  it('has a secret of at least 128 bits, by its length and its alphabet', () => {
    const secrets = Array.from(
      { length: 500 },
      () => newApiKey('acme', newKeyId()).text.split('_').at(-1) ?? '',
    );
    const alphabet = new Set(secrets.join(''));

    expect(alphabet.size).toBe(62);
    for (const secret of secrets) expect(secret.length * Math.log2(62)).toBeGreaterThan(250);
    expect(new Set(secrets).size).toBe(secrets.length);
  });

  it('is stored as a hash that does not hold it', () => {
    const { text, secret_hash } = newApiKey('acme', newKeyId());

    expect(secret_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(secret_hash).not.toContain(text.split('_').at(-1));
  });

  it('is no other key’s', () => {
    const { secret_hash } = newApiKey('acme', newKeyId());

    expect(isSecret('x'.repeat(43), secret_hash)).toBe(false);
    expect(isSecret('', secret_hash)).toBe(false);
    expect(isSecret('x'.repeat(43), undefined)).toBe(false);
    expect(isSecret('x'.repeat(43), 'abcd')).toBe(false);
  });

  it('is not proven by the text that stands for a missing one', () => {
    expect(isSecret('none', undefined)).toBe(false);
  });
});

describe('a public client id', () => {
  it('is read back as what it was made for', () => {
    fc.assert(
      fc.property(tenantIds, (tenant_id) => {
        const key_id = newKeyId();

        expect(parseCredential(`Bearer ${clientIdOf(tenant_id, key_id)}`)).toEqual({
          kind: 'client',
          tenant_id,
          key_id,
        });
      }),
    );
  });
});

describe('an Authorization header', () => {
  const { text } = newApiKey('acme', newKeyId());

  it.each([
    ['nothing', ''],
    ['no scheme', text],
    ['another scheme', `Basic ${text}`],
    ['no credential', 'Bearer '],
    ['half a key', `Bearer ${text.slice(0, -1)}`],
    ['a key and more', `Bearer ${text}x`],
    ['two credentials', `Bearer ${text} ${text}`],
    ['a key with a line break', `Bearer ${text}\n`],
    ['a company of a strange name', `Bearer ${text.replace('acme', 'ac/me')}`],
    ['a token that is too large', `Bearer a.${'b'.repeat(9_000)}.c`],
    ['words', 'Bearer let me in'],
  ])('with %s is nobody’s', (_, header) => {
    expect(parseCredential(header)).toBeUndefined();
  });

  it('may write its scheme as it likes', () => {
    expect(parseCredential(`bearer ${text}`)?.kind).toBe('key');
    expect(parseCredential('BEARER aaa.bbb.ccc')?.kind).toBe('token');
  });

  it('never fails, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        parseCredential(header);
        parseCredential(`Bearer ${header}`);
      }),
    );
  });
});
