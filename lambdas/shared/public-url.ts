import { domainToUnicode } from 'node:url';
import * as z from 'zod/mini';

/** Whether plain http to this machine may be called; the stack says `allowed` only where it runs on one machine. */
export const loopbackVariable = { LOOPBACK_URLS: z.enum(['allowed', 'refused']) };

const maxUrlChars = 2_000;

/** A company's own URL. Hosts of our own network are none: it is called from within. Its addresses are checked when it is called. */
export const publicUrl = z.string().check(
  z.maxLength(maxUrlChars),
  z.refine((text) => isPublic(text), {
    error: 'It must be an https:// URL with a host name that is public.',
  }),
);

/** The same, or http on this machine: for the stage that runs on one machine. */
export const publicOrLoopbackUrl = z.string().check(
  z.maxLength(maxUrlChars),
  z.refine((text) => isPublic(text) || isLoopbackUrl(text), {
    error:
      'It must be an https:// URL with a host name that is public, or http:// on this machine.',
  }),
);

/** An operator's own URL. */
export const httpUrl = z.string().check(z.refine(isHttpUrl));

/**
 * Whether a text is an http(s) URL as it is called. The parser of URLs drops tabs, line ends and invisible
 * characters, takes backslashes for slashes and decodes hosts: such a text shows another URL than it is.
 */
export function isHttpUrl(text: string): boolean {
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(text) || !URL.canParse(text)) return false;
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (!authority) return false;
  const host = authority
    .replace(/^.*@|:\d*$/g, '')
    .toLowerCase()
    .normalize('NFC');
  const { hostname } = new URL(text);
  return host === hostname || host === domainToUnicode(hostname);
}

/** What an earlier version has stored of a feature, with its URLs as they are called: those were taken however they were written. */
export const withUrlsAsCalled = (stored: unknown): unknown =>
  typeof stored === 'object' && stored !== null && !Array.isArray(stored)
    ? Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, asCalled(value)]))
    : stored;

const asCalled = (value: unknown): unknown =>
  typeof value === 'string' && !isHttpUrl(value) && URL.canParse(value)
    ? new URL(value).href
    : value;

function isPublic(text: string): boolean {
  if (!isHttpUrl(text)) return false;
  const url = new URL(text);
  const { protocol, username, password } = url;
  // A name that ends in a dot is the same name.
  const hostname = url.hostname.replace(/\.+$/, '');
  const isAddress = /^[\d.]+$|^\[/.test(hostname) || !hostname.includes('.');
  const isInner = /\.(local|localhost|internal|arpa|home|lan)$/.test(hostname);
  return protocol === 'https:' && !username && !password && !isAddress && !isInner;
}

/** Whether it is plain http to this very machine. */
export function isLoopbackUrl(text: string): boolean {
  if (!isHttpUrl(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return protocol === 'http:' && !username && !password && loopbackHosts.includes(hostname);
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];
