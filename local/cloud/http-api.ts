import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { putBefore } from '../guard.ts';
import type { LocalAuthorizer } from './authorizer.ts';
import { type CorsConfiguration, corsHeaders, isPreflight } from './cors.ts';
import type { LocalFunction } from './function.ts';
import type { RequestContext } from './request-log.ts';
import { servedHosts } from './served-hosts.ts';
import { localAccount } from './template.ts';

export interface Route {
  /** As in the template: `POST /webhooks/twilio/whatsapp`, with `{name}` and `{name+}` segments, or `$default`. */
  routeKey: string;
  target: LocalFunction;
  authorizer?: LocalAuthorizer;
}

export interface HttpApiOptions {
  /** Requests for its host are accepted, beside those for this machine's names. */
  publicBaseUrl?: string;
  cors?: CorsConfiguration;
  /** Answers a request that is not the API's, such as for a page of the local cloud itself; true when it did. */
  before?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Called after each request of the API was answered. */
  requested?: (context: RequestContext) => void;
}

/** API Gateway's limit of a request body. */
const maxBodyBytes = 10 * 1024 * 1024;
const integrationTimeoutMs = 30_000;

/** An HTTP API on 127.0.0.1: turns requests into payload 2.0 events and the functions' results into answers. */
export async function startHttpApi(
  routes: Route[],
  port: number,
  options: HttpApiOptions = {},
): Promise<Server> {
  const patterns = routes
    .map((route) => ({ route, matches: matcher(route.routeKey) }))
    .sort((a, b) => generality(a.route.routeKey) - generality(b.route.routeKey));
  const server = createServer((request, response) => {
    const context: RequestContext = { requestTime: new Date().toISOString() };
    const begun = performance.now();
    response.once('close', () => {
      if (context.routeKey === undefined) return;
      const responseLatency = String(Math.round(performance.now() - begun));
      options.requested?.({ ...context, status: String(response.statusCode), responseLatency });
    });
    answer(request, response, patterns, options, context).catch((error) => {
      // The client disconnected in the middle of its request: nothing has failed.
      if (request.errored) return;
      console.error('The local HTTP API failed:', error);
      send(response, 500, { message: 'Internal Server Error' });
    });
  });
  // Longer than clients keep idle connections: a request on a connection that is being closed would fail.
  server.keepAliveTimeout = 60_000;
  putBefore(server, servedHosts(options.publicBaseUrl));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/**
 * The most specific route wins: an exact path, then a parameter, then a greedy one, then the default; of two routes
 * with one path, the one with the method.
 */
function generality(routeKey: string): number {
  if (routeKey === '$default') return 6;
  const anyMethod = routeKey.startsWith('ANY ') ? 1 : 0;
  if (/\{\w+\+\}/.test(routeKey)) return 4 + anyMethod;
  return (routeKey.includes('{') ? 2 : 0) + anyMethod;
}

type Match = Record<string, string> | undefined;
type Pattern = { route: Route; matches: (method: string, path: string) => Match };

function matcher(routeKey: string): (method: string, path: string) => Match {
  if (routeKey === '$default') return () => ({});
  const [method = '', path = ''] = routeKey.split(' ');
  const source = path
    .split('/')
    .map((segment) => {
      const name = /^\{(\w+)(\+?)\}$/.exec(segment);
      if (name) return name[2] ? `(?<${name[1]}>.*)` : `(?<${name[1]}>[^/]+)`;
      return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  const pattern = new RegExp(`^${source}$`);
  return (requested, pathname) => {
    if (method !== 'ANY' && method !== requested) return undefined;
    const match = pattern.exec(pathname);
    if (!match) return undefined;
    const parameters = Object.entries(match.groups ?? {});
    return Object.fromEntries(parameters.map(([name, value]) => [name, decoded(value)]));
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  patterns: Pattern[],
  { cors, before }: HttpApiOptions,
  context: RequestContext,
): Promise<void> {
  const refuse = (status: number, message: string) => {
    context['error.message'] = message;
    send(response, status, { message });
  };
  if (await before?.(request, response)) return;
  for (const [name, value] of Object.entries(corsHeaders(request, cors))) {
    response.setHeader(name, value);
  }
  const url = new URL(`http://localhost${request.url ?? '/'}`);
  const found = patterns
    .map(({ route, matches }) => ({ route, match: matches(request.method ?? '', url.pathname) }))
    .find(({ match }) => match);
  // The API answers itself only where no route takes the method OPTIONS, as one for any method does.
  if (!found && cors && isPreflight(request)) return void response.writeHead(204).end();
  context.routeKey = found?.route.routeKey ?? '-';
  const body = await readBody(request);
  if (!body) return refuse(413, 'Request Entity Too Large');
  if (!found?.match) return refuse(404, 'Not Found');
  const event = eventOf(request, url, body, found.route.routeKey, found.match);
  context.requestId = event.requestContext.requestId;
  const authorization = await found.route.authorizer?.authorize(event);
  if (authorization?.kind === 'refused') {
    return refuse(authorization.status, authorization.message);
  }
  if (authorization) {
    Object.assign(event.requestContext, { authorizer: { lambda: authorization.context } });
  }
  const late = new Promise<'late'>((resolve) =>
    setTimeout(resolve, integrationTimeoutMs, 'late').unref(),
  );
  const result = await Promise.race([
    found.route.target.invoke(event).catch(() => 'failed' as const),
    late,
  ]);
  if (result === 'late') return refuse(503, 'Service Unavailable');
  if (result === 'failed') {
    context.integrationErrorMessage = 'The function failed.';
    return refuse(500, 'Internal Server Error');
  }
  sendResult(response, result);
}

/** The whole body; undefined where it is larger than API Gateway takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  return length <= maxBodyBytes ? Buffer.concat(chunks) : undefined;
}

function eventOf(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  routeKey: string,
  pathParameters: Record<string, string>,
): APIGatewayProxyEventV2 {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]),
  );
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  const isText = /^(text\/|application\/(json|javascript|xml|problem\+json))/.test(
    headers['content-type'] ?? 'text/plain',
  );
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(headers['cookie'] && { cookies: headers['cookie'].split(/;\s*/) }),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: localAccount,
      apiId: 'local',
      domainName: headers['host'] ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method ?? '',
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function sendResult(response: ServerResponse, result: unknown): void {
  const structured = result as APIGatewayProxyStructuredResultV2 | null;
  if (typeof structured !== 'object' || structured === null || !('statusCode' in structured)) {
    send(response, 200, result);
    return;
  }
  const headers: Record<string, string | string[]> = Object.fromEntries(
    Object.entries(structured.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  if (structured.cookies?.length) headers['set-cookie'] = structured.cookies;
  response.writeHead(structured.statusCode ?? 200, headers);
  response.end(Buffer.from(structured.body ?? '', structured.isBase64Encoded ? 'base64' : 'utf8'));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
