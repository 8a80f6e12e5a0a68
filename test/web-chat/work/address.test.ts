import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressName } from '../../../lambdas/web-chat/work/address.ts';

const key = 'k'.repeat(64);
const nameOf = (ip: string) => addressName(ip, key);

describe('the name of a network address', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8::1', '2001:db8:0:0:1::'],
    ['2001:DB8:0001:2::1', '2001:db8:1:2::9'],
    ['::1', '0:0:0:0:9::'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
  ])('is the same for %s and %s', (one, other) => {
    expect(nameOf(one)).toBe(nameOf(other));
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['203.0.113.7', '203.0.113.8'],
    ['1::', '::1'],
  ])('differs for %s and %s', (one, other) => {
    expect(nameOf(one)).not.toBe(nameOf(other));
  });

  it('tells nothing of the address, and differs from deployment to deployment', () => {
    expect(nameOf('203.0.113.7')).toMatch(/^[0-9a-f]{32}$/);
    expect(addressName('203.0.113.7', 'x'.repeat(64))).not.toBe(nameOf('203.0.113.7'));
  });

  it('is there for anything that is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (ip) => {
        expect(nameOf(ip)).toHaveLength(32);
      }),
    );
  });
});
