import type { LookupFunction } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AddressRefused,
  checkedLookup,
  isLoopbackAddress,
  isPublicAddress,
} from '../../../lambdas/vendors/http/public-address.ts';

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '0.0.0.0',
    '10.0.0.7',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '169.254.78.1',
    '100.64.0.1',
    '192.0.0.192',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:0a00:0001',
    '::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:0:7f00:1::1',
    'not an address',
    '',
  ])('is not public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    'is public: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it('is as public within an IPv6 address as by itself', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
  ])('is this machine’s own: %s %s', (address, expected) => {
    expect(isLoopbackAddress(address)).toBe(expected);
  });
});

/** Names that lead to these addresses, as the system would say. */
const leadingTo =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

function resolve(lookup: LookupFunction, all: boolean): Promise<unknown> {
  return new Promise((done, fail) => {
    checkedLookup(isPublicAddress, lookup)('hooks.example', { all }, (error, found) => {
      if (error) fail(error);
      else done(found);
    });
  });
}

describe('a host name', () => {
  it.each([
    [['127.0.0.1']],
    [['169.254.169.254']],
    [['8.8.8.8', '10.0.0.1']],
    [['2606:4700:4700::1111', '::ffff:192.168.0.1']],
    [[]],
  ])('is refused where it leads to %j', async (addresses) => {
    for (const all of [true, false]) {
      await expect(resolve(leadingTo(...addresses), all)).rejects.toThrow(AddressRefused);
    }
  });

  it('is resolved where all that it leads to is public', async () => {
    const lookup = leadingTo('8.8.8.8', '2606:4700:4700::1111');

    expect(await resolve(lookup, false)).toBe('8.8.8.8');
    expect(await resolve(lookup, true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700:4700::1111', family: 6 },
    ]);
  });

  it('that is unknown stays an error of its own', async () => {
    const unknown: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);

    await expect(resolve(unknown, true)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
