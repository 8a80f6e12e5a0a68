import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { LocalFunction } from './function.ts';
import { readBody } from './http-api.ts';
import type { RequestContext, RequestLog } from './request-log.ts';
import type { RestAuthorizer } from './rest-authorizer.ts';
import { restEvent } from './rest-event.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/** What answers a method: a function that streams, or the API itself with these headers. */
export type RestIntegration =
  | { kind: 'stream'; target: LocalFunction; timeoutMs: number; authorizer?: RestAuthorizer }
  | { kind: 'mock'; status: number; headers: Record<string, string> };

/** What the API puts in place of its own answers of one kind. */
export interface GatewayAnswer {
  status?: number;
  headers: Record<string, string>;
  body?: string;
}

/** A REST API of the template, as it is put together. */
export interface MadeRestApi {
  stage?: string;
  log?: RequestLog;
  /** Paths by the resources' ids. */
  paths: Map<string, string>;
  methods: Map<string, Map<string, RestIntegration>>;
  gatewayAnswers: Map<string, GatewayAnswer>;
}

export interface RestApiDefinition {
  id: string;
  /** The first part of its paths here. */
  stage: string;
  /** By path and method: `/{proxy+}`, `GET`. */
  methods: Map<string, Map<string, RestIntegration>>;
  /** By its type, such as `DEFAULT_4XX`. */
  gatewayAnswers: Map<string, GatewayAnswer>;
  /** Called after each request was answered. */
  requested?: (context: RequestContext) => void;
  /** A connection without a byte of its function for so long is cut; by default as long as on AWS. */
  idleMs?: number;
}

/** Of a regional API. */
const defaultIdleMs = 5 * 60_000;

type Ended = 'ended' | 'failed' | 'idle' | 'late';

/** The answers of the API itself, with the type by which they are configured. */
const own = {
  notFound: ['MISSING_AUTHENTICATION_TOKEN', 403, 'Missing Authentication Token'],
  tooLarge: ['REQUEST_TOO_LARGE', 413, 'Request Too Long'],
  failed: ['INTEGRATION_FAILURE', 502, 'Internal server error'],
  late: ['INTEGRATION_TIMEOUT', 504, 'Endpoint request timed out'],
} as const;

const refusals = { 401: 'UNAUTHORIZED', 403: 'ACCESS_DENIED', 500: 'AUTHORIZER_FAILURE' } as const;

/**
 * A regional REST API below a path of this machine's: hands requests to functions as payload 1.0, and what they
 * answer to the client while they make it. As on AWS, no function is told that its client has gone.
 */
export class RestApi {
  readonly #definition: RestApiDefinition;

  constructor(definition: RestApiDefinition) {
    this.#definition = definition;
  }

  /** Answers a request below its stage; false for any other. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { stage, requested } = this.#definition;
    const url = new URL(`http://localhost${request.url ?? '/'}`);
    if (!url.pathname.startsWith(`/${stage}/`)) return false;
    const context: RequestContext = { requestTime: new Date().toISOString() };
    const begun = performance.now();
    response.once('close', () => {
      const responseLatency = String(Math.round(performance.now() - begun));
      requested?.({ ...context, status: String(response.statusCode), responseLatency });
    });
    await this.#route(request, response, url, context);
    return true;
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    context: RequestContext,
  ): Promise<void> {
    const { id: apiId, stage } = this.#definition;
    const refuse = (type: string, status: number, message: string) => {
      context['error.message'] = message;
      this.#answerItself(response, type, status, message);
    };
    const path = url.pathname.slice(stage.length + 1);
    const found = this.#find(request.method ?? '', path);
    const body = await readBody(request);
    if (!body) return refuse(...own.tooLarge);
    if (!found) return refuse(...own.notFound);
    const { integration, resourcePath, pathParameters } = found;
    Object.assign(context, { httpMethod: request.method, resourcePath });
    if (integration.kind === 'mock') {
      response.writeHead(integration.status, integration.headers).end();
      return;
    }
    const place = { apiId, stage, resourcePath, pathParameters, path };
    const event = restEvent(request, url, body, place);
    context.requestId = event.requestContext.requestId;
    const authorization = await integration.authorizer?.authorize(event);
    if (authorization?.kind === 'refused') {
      const { status, message } = authorization;
      return refuse(refusals[status], status, message);
    }
    event.requestContext.authorizer = authorization?.context ?? null;
    await this.#stream(event, integration, response, refuse, context);
  }

  async #stream(
    event: APIGatewayProxyEvent,
    { target, timeoutMs }: RestIntegration & { kind: 'stream' },
    response: ServerResponse,
    refuse: (type: string, status: number, message: string) => void,
    context: RequestContext,
  ): Promise<void> {
    const answer = new StreamedAnswer(response);
    const { promise: limit, resolve: reached } = Promise.withResolvers<Ended>();
    const late = setTimeout(reached, timeoutMs, 'late').unref();
    const idle = setTimeout(reached, this.#definition.idleMs ?? defaultIdleMs, 'idle').unref();
    const ended = await Promise.race([
      target
        .stream(event, async (chunk) => {
          idle.refresh();
          await answer.take(chunk);
        })
        .then(
          () => 'ended' as const,
          () => 'failed' as const,
        ),
      limit,
    ]);
    clearTimeout(late);
    clearTimeout(idle);
    if (ended === 'ended' && answer.end()) return;
    context.integrationErrorMessage = `The function's answer: ${ended}.`;
    // What has begun cannot be taken back: the client sees that the end is missing.
    if (answer.hasBegun) response.destroy();
    else if (ended === 'late' || ended === 'idle') refuse(...own.late);
    else refuse(...own.failed);
  }

  #answerItself(response: ServerResponse, type: string, status: number, message: string): void {
    const { gatewayAnswers } = this.#definition;
    const configured =
      gatewayAnswers.get(type) ?? gatewayAnswers.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
    response.writeHead(configured?.status ?? status, {
      'content-type': 'application/json',
      ...configured?.headers,
    });
    response.end(configured?.body ?? JSON.stringify({ message }));
  }

  #find(method: string, path: string) {
    // A literal path before a greedy one, and of two of these the one that says more.
    const methods = [...this.#definition.methods].sort(([a], [b]) => b.length - a.length);
    for (const [resourcePath, byMethod] of methods) {
      const integration = byMethod.get(method) ?? byMethod.get('ANY');
      const pathParameters = parametersOf(resourcePath, path);
      if (integration && pathParameters) return { integration, resourcePath, pathParameters };
    }
    return undefined;
  }
}

/** The parameters of a path that fits: of a literal resource none, of a greedy one all that it takes. */
function parametersOf(resourcePath: string, path: string): Record<string, string> | undefined {
  const greedy = /^(.*\/)\{(\w+)\+\}$/.exec(resourcePath);
  if (!greedy) return resourcePath === path ? {} : undefined;
  const [, before = '', name = ''] = greedy;
  const rest = path.slice(before.length);
  return path.startsWith(before) && rest ? { [name]: decoded(rest) } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
