import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A host that is not on the public internet was named, or a name that leads to one. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** The only IPv6 space that is routed in public: 2000::/3. */
const isGlobalSpace = (address: ipaddr.IPv6): boolean => (address.toByteArray()[0] ?? 0) >> 5 === 1;

/** Whether an address is one of the public internet; an IPv4 address within an IPv6 one counts as what it is. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || isGlobalSpace(address as ipaddr.IPv6);
}

/** Whether an address is this machine's own. */
export const isLoopbackAddress = (text: string): boolean =>
  ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback';

/**
 * Resolves names as a connection is made, and refuses one of whose addresses any is not allowed: what was
 * checked is what is connected to, so a name cannot change between the two.
 */
export const checkedLookup =
  (
    isAllowed: (address: string) => boolean,
    lookup: LookupFunction = systemLookup,
  ): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isAllowed(address))) {
        return callback(new AddressRefused('The host name leads to no public address.'), []);
      }
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
