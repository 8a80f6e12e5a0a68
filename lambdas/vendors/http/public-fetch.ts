import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { isLoopbackUrl } from '../../shared/public-url.ts';
import {
  AddressRefused,
  checkedLookup,
  isLoopbackAddress,
  isPublicAddress,
} from './public-address.ts';

/** The part of `fetch` that calls a company's own URL. */
export type PublicFetch = (url: string, init: PublicRequest) => Promise<Response>;

export interface PublicRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

export interface PublicFetchOptions {
  /** Connections are kept open between calls. */
  keepAlive?: boolean;
  /** Plain http to this machine; only where the whole cloud is this machine. */
  allowLoopback?: boolean;
  /** How names are resolved; by the system by default. */
  lookup?: LookupFunction;
}

/**
 * A `fetch` for URLs that a company has named: https to public addresses alone, checked at each connection.
 * It follows no redirect and decodes nothing. Rejects with AddressRefused where it may not call.
 */
export function publicFetch(options: PublicFetchOptions = {}): PublicFetch {
  const { keepAlive = false, allowLoopback = false, lookup } = options;
  const outside = new https.Agent({ keepAlive, lookup: checkedLookup(isPublicAddress, lookup) });
  const inside = new http.Agent({ keepAlive, lookup: checkedLookup(isLoopbackAddress, lookup) });
  return async (text, init) => {
    if (allowLoopback && isLoopbackUrl(text)) return send(http.request, inside, text, init);
    checkUrl(new URL(text));
    return send(https.request, outside, text, init);
  };
}

/** An address in place of a name is not looked up, so that it is checked here. */
function checkUrl({ protocol, hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$/.test(address) || address.includes(':');
  if (protocol !== 'https:') throw new AddressRefused('The URL is not https.');
  if (isAddress && !isPublicAddress(address)) {
    throw new AddressRefused('The address is not a public one.');
  }
}

async function send(
  request: typeof https.request,
  agent: http.Agent,
  url: string,
  { method = 'GET', headers = {}, body, signal }: PublicRequest,
): Promise<Response> {
  const answered = Promise.withResolvers<http.IncomingMessage>();
  // The time limit holds for the name's look-up too, which nothing else would end.
  const abort = () => answered.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const outgoing = request(url, {
      agent,
      method,
      signal,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
    });
    outgoing.on('response', answered.resolve).on('error', answered.reject).end(body);
    return responseOf(await answered.promise);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const withoutBody = [204, 205, 304];

function responseOf(message: http.IncomingMessage): Response {
  const { statusCode = 0, headersDistinct } = message;
  if (statusCode < 200 || statusCode > 599) {
    message.destroy();
    throw new Error(`The answer has the status ${statusCode}, which HTTP does not know.`);
  }
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  if (withoutBody.includes(statusCode)) {
    message.resume();
    return new Response(null, { status: statusCode, headers });
  }
  return new Response(Readable.toWeb(message) as ReadableStream, { status: statusCode, headers });
}
