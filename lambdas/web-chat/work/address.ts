import { createHmac } from 'node:crypto';
import { visitorKeyFor } from '../../tenancy/visitor-token.ts';

/**
 * What a limit is counted under in place of a network address, which says nothing of it. Whoever has an address of
 * IPv6 has 2^64 of them: the first half stands for all.
 */
export const addressName = (ip: string, deploymentKey: string): string =>
  createHmac('sha256', visitorKeyFor(deploymentKey, 'visitor-address'))
    .update(networkOf(ip))
    .digest('hex')
    .slice(0, 32);

function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped || !ip.includes(':')) return mapped ?? ip;
  const [head = '', tail = ''] = ip.toLowerCase().split('::');
  const [before, after] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const missing = 8 - (before?.length ?? 0) - (after?.length ?? 0);
  const middle = ip.includes('::') ? Array.from({ length: Math.max(0, missing) }, () => '0') : [];
  const groups = [...(before ?? []), ...middle, ...(after ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
