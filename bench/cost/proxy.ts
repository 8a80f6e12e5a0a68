import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { localCredentials } from '../../local/cloud/credentials.ts';
import { signedAnew } from '../../local/cloud/sigv4.ts';

/** One call of a function to an emulated service, in the JSON protocols of AWS. */
export interface Proxied {
  /** Such as `GetItem`. */
  target: string;
  sent: Record<string, unknown>;
  sentBytes: number;
  status: number;
  answer: Record<string, unknown>;
}

/** A proxy on 127.0.0.1 that runs. */
export interface RunningProxy {
  url: string;
  close(): Promise<void>;
}

interface Watcher {
  /** May ask for more than the function did. */
  ask?(body: string): string;
  take(call: Proxied): void;
}

/** Stands before an emulated service on 127.0.0.1 and shows each call that is made through it. */
export async function startProxy(endpoint: string, watcher: Watcher): Promise<RunningProxy> {
  const server = createServer((request, response) => {
    handOn(endpoint, watcher, request, response).catch((error: unknown) => {
      console.error(`A call to ${endpoint} could not be handed on:`, error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function handOn(
  endpoint: string,
  watcher: Watcher,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = await text(request);
  const body = watcher.ask?.(given) ?? given;
  const answered = await fetch(endpoint + (request.url ?? '/'), {
    method: request.method ?? 'POST',
    headers: headersOf(request, new URL(endpoint).host, body),
    body,
  });
  const answer = await answered.text();
  watcher.take({
    target: String(request.headers['x-amz-target']).split('.').at(-1) ?? '',
    sent: JSON.parse(body) as Record<string, unknown>,
    sentBytes: given.length,
    status: answered.status,
    answer: JSON.parse(answer || '{}') as Record<string, unknown>,
  });
  const {
    'transfer-encoding': _chunked,
    connection: _kept,
    ...kept
  } = Object.fromEntries(answered.headers);
  response.writeHead(answered.status, kept).end(answer);
}

const hopByHop = ['connection', 'content-length', 'expect', 'host', 'transfer-encoding'];

const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');

/** The request's headers for another host and another body: the emulated services take only what is signed. */
function headersOf(
  { method = 'POST', url = '/', headers: given }: IncomingMessage,
  host: string,
  body: string,
): Record<string, string> {
  const told = given['x-amz-content-sha256'] && { 'x-amz-content-sha256': sha256(body) };
  const headers = {
    ...given,
    ...told,
    host,
    'content-length': String(Buffer.byteLength(body)),
  };
  const { pathname: path, searchParams: query } = new URL(url, `http://${host}`);
  const authorization = signedAnew({ method, path, query, headers }, body, localCredentials);
  return Object.fromEntries(
    Object.entries({ ...headers, authorization })
      .filter(([name]) => !hopByHop.includes(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
