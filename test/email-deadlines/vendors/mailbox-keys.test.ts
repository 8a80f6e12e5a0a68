import { describe, expect, it } from 'vitest';
import {
  areKeysByCompany,
  parseMailboxKeys,
  withMailboxKey,
} from '../../../lambdas/email-deadlines/vendors/mailbox-keys.ts';

const shared = { isOwn: false };
const own = { isOwn: true };

describe('the keys of mailboxes', () => {
  it('may be one for all companies', () => {
    const keyOf = parseMailboxKeys('  s3cret\n');

    expect([keyOf('acme', shared), keyOf('globex', shared)]).toEqual(['s3cret', 's3cret']);
  });

  it('never go to a mailbox that a company has named, unless they are its own', () => {
    expect(() => parseMailboxKeys('s3cret')('acme', own)).toThrow(/has none for acme/);
    expect(() => parseMailboxKeys('s3cret')('acme', own)).not.toThrow(/s3cret/);
    expect(parseMailboxKeys('{"acme": "a"}')('acme', own)).toBe('a');
  });

  it('may be one for each', () => {
    const keyOf = parseMailboxKeys('{"acme": "a", "globex": "g"}');

    expect([keyOf('acme', shared), keyOf('globex', shared)]).toEqual(['a', 'g']);
  });

  it('may be one of the deployment’s beside those of companies', () => {
    const keyOf = parseMailboxKeys('{"*": "s3cret", "acme": "a"}');

    expect([keyOf('acme', own), keyOf('globex', shared)]).toEqual(['a', 's3cret']);
    expect(() => keyOf('globex', own)).toThrow(/has none for globex/);
  });

  it.each(['initech', 'constructor', '__proto__', 'empty', 'number'])(
    'are never another company’s: %s has none',
    (tenant) => {
      const keyOf = parseMailboxKeys('{"acme": "s3cret", "empty": "", "number": 7}');

      expect(() => keyOf(tenant, shared)).toThrow(`has none for ${tenant}:`);
    },
  );

  it('are not quoted by what cannot be read', () => {
    const read = () => parseMailboxKeys('{"acme": s3cret}');

    expect(read).toThrow();
    expect(read).not.toThrow(/s3cret/);
  });
});

describe('one key that is another', () => {
  it.each([
    ['of all, where there was none', undefined, undefined, 'new'],
    ['of all', ' old\n', undefined, 'new'],
    ['of all, beside those of companies', '{"acme":"a"}', undefined, '{"acme":"a","*":"new"}'],
    ['of a company, where there was none', undefined, 'acme', '{"acme":"new"}'],
    ['of a company, beside that of all', 'old', 'acme', '{"*":"old","acme":"new"}'],
    ['of a company', '{"acme":"a","globex":"g"}', 'acme', '{"acme":"new","globex":"g"}'],
    ['of a company with a strange name', 'old', '__proto__', '{"*":"old","__proto__":"new"}'],
  ])('is that %s', (_, stored, company, kept) => {
    expect(withMailboxKey(stored, company, 'new')).toBe(kept);
  });

  it('is read as it was given, and others as before', () => {
    const keyOf = parseMailboxKeys(withMailboxKey('old', 'acme', 'new'));

    expect([keyOf('acme', own), keyOf('globex', shared)]).toEqual(['new', 'old']);
  });

  it('is not put into what cannot be read', () => {
    const change = () => withMailboxKey('{"acme": s3cret}', 'acme', 'new');

    expect(change).toThrow();
    expect(change).not.toThrow(/s3cret/);
  });
});

describe('a JSON object of keys by company', () => {
  it.each([
    ['{"acme": "a", "*": "b"}', true],
    ['{}', true],
    ['{"acme": ""}', false],
    ['{"acme": 1}', false],
    ['["a"]', false],
    ['{"acme"', false],
  ])('%s: %s', (text, isOne) => {
    expect(areKeysByCompany(text)).toBe(isOne);
  });
});
