import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { LocalFunction } from './function.ts';
import { arnOf } from './template.ts';

export interface AuthorizerDefinition {
  /** Such as `$request.header.Authorization`; a request that lacks one of them is refused without a call. */
  identitySources: string[];
  cacheSeconds: number;
  target: LocalFunction;
}

/** The decision on a request: it goes to its route with this context, or the HTTP API refuses it. */
export type Authorization =
  | { kind: 'allowed'; context: Record<string, unknown> }
  | { kind: 'refused'; status: 401 | 403 | 500; message: string };

interface SimpleResponse {
  isAuthorized?: boolean;
  context?: Record<string, unknown>;
}

/** A Lambda authorizer of an HTTP API: payload 2.0, simple responses, cached by the values of its identity sources. */
export class LocalAuthorizer {
  readonly #definition: AuthorizerDefinition;
  readonly #cache = new Map<string, { response: SimpleResponse; until: number }>();

  constructor(definition: AuthorizerDefinition) {
    this.#definition = definition;
  }

  async authorize(event: APIGatewayProxyEventV2): Promise<Authorization> {
    const identity = this.#definition.identitySources.map((source) => identityOf(source, event));
    if (identity.some((value) => !value)) {
      return { kind: 'refused', status: 401, message: 'Unauthorized' };
    }
    const response = await this.#ask(event, identity as string[]);
    if (typeof response?.isAuthorized !== 'boolean') {
      return { kind: 'refused', status: 500, message: 'Internal Server Error' };
    }
    return response.isAuthorized
      ? { kind: 'allowed', context: response.context ?? {} }
      : { kind: 'refused', status: 403, message: 'Forbidden' };
  }

  async #ask(
    event: APIGatewayProxyEventV2,
    identity: string[],
  ): Promise<SimpleResponse | undefined> {
    const key = JSON.stringify(identity);
    const known = this.#cache.get(key);
    if (known && known.until > Date.now()) return known.response;
    try {
      const { body: _body, isBase64Encoded: _encoded, ...rest } = event;
      const response = (await this.#definition.target.invoke({
        ...rest,
        type: 'REQUEST',
        identitySource: identity,
        routeArn: arnOf('execute-api', `local/$default/${event.routeKey}`),
      })) as SimpleResponse;
      const until = Date.now() + this.#definition.cacheSeconds * 1000;
      this.#cache.set(key, { response, until });
      return response;
    } catch {
      return undefined;
    }
  }
}

function identityOf(source: string, event: APIGatewayProxyEventV2): string | undefined {
  const [, kind, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (kind === 'header') return event.headers[name.toLowerCase()];
  if (kind === 'querystring') return event.queryStringParameters?.[name];
  throw new Error(`The local cloud does not support the identity source ${source}.`);
}
