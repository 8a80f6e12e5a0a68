import type { APIGatewayAuthorizerResult, APIGatewayProxyEvent } from 'aws-lambda';
import type { Authorization, AuthorizerDefinition } from './authorizer.ts';
import { arnOf } from './template.ts';

/**
 * A Lambda authorizer of a REST API: it answers a policy, which is cached by the values of its identity sources and
 * must allow each method that is called while it is.
 */
export class RestAuthorizer {
  readonly #definition: AuthorizerDefinition;
  readonly #cache = new Map<string, { response: APIGatewayAuthorizerResult; until: number }>();

  constructor(definition: AuthorizerDefinition) {
    this.#definition = definition;
  }

  async authorize(event: APIGatewayProxyEvent): Promise<Authorization> {
    const identity = this.#definition.identitySources.map((source) => identityOf(source, event));
    if (identity.some((value) => !value)) {
      return { kind: 'refused', status: 401, message: 'Unauthorized' };
    }
    const { apiId, stage } = event.requestContext;
    const methodArn = arnOf('execute-api', `${apiId}/${stage}/${event.httpMethod}${event.path}`);
    const response = await this.#ask(event, methodArn, JSON.stringify(identity));
    if (!response?.principalId || !hasPlainContext(response)) {
      return { kind: 'refused', status: 500, message: 'Internal server error' };
    }
    const { principalId, context = {} } = response;
    return allows(response, methodArn)
      ? { kind: 'allowed', context: { ...context, principalId, integrationLatency: 0 } }
      : {
          kind: 'refused',
          status: 403,
          message: 'User is not authorized to access this resource',
        };
  }

  async #ask(
    event: APIGatewayProxyEvent,
    methodArn: string,
    key: string,
  ): Promise<APIGatewayAuthorizerResult | undefined> {
    const known = this.#cache.get(key);
    if (known && known.until > Date.now()) return known.response;
    const { body: _body, isBase64Encoded: _encoded, ...rest } = event;
    try {
      const asked = { ...rest, type: 'REQUEST', methodArn };
      const response = (await this.#definition.target.invoke(asked)) as APIGatewayAuthorizerResult;
      const until = Date.now() + this.#definition.cacheSeconds * 1000;
      this.#cache.set(key, { response, until });
      return response;
    } catch {
      return undefined;
    }
  }
}

function identityOf(source: string, event: APIGatewayProxyEvent): string | undefined {
  const [, kind, name = ''] = /^method\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (kind === 'querystring') return event.queryStringParameters?.[name];
  if (kind !== 'header') {
    throw new Error(`The local cloud does not support the identity source ${source}.`);
  }
  const wanted = name.toLowerCase();
  return Object.entries(event.headers).find(([sent]) => sent.toLowerCase() === wanted)?.[1];
}

/** A REST API takes no lists and no objects in a context. */
const hasPlainContext = ({ context }: APIGatewayAuthorizerResult): boolean =>
  Object.values(context ?? {}).every((value) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );

/** Whether the policy allows the method; an explicit Deny has the last word. */
function allows({ policyDocument }: APIGatewayAuthorizerResult, methodArn: string): boolean {
  const effects = policyDocument.Statement.filter((statement) => {
    const { Action, Resource } = statement as { Action?: unknown; Resource?: unknown };
    const fits = (patterns: unknown, value: string) =>
      [patterns].flat().some((pattern) => wildcard(String(pattern)).test(value));
    return fits(Action, 'execute-api:Invoke') && fits(Resource, methodArn);
  }).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/[*?]/g, (sign) => (sign === '*' ? '.*' : '.'))}$`,
  );
