import * as z from 'zod/mini';
import { routes as conversationRoutes } from '../conversations/routes.ts';
import { routes as emailRoutes } from '../email-deadlines/routes.ts';
import { routes as leadRoutes } from '../leads/routes.ts';
import { keyHeader } from '../shared/http/idempotency-key.ts';
import type { Problems } from '../shared/http/route.ts';
import { type ApiRoute, platformPrefix } from '../tenancy/route.ts';
import { streamingRoutes, routes as webChatRoutes } from '../web-chat/routes.ts';
import { routes as webhookRoutes } from '../webhooks/routes.ts';
import { routes as whatsAppRoutes } from '../whatsapp-replies/routes.ts';
import { eventSchemas } from './event-schemas.ts';
import { knownFeatures } from './features.ts';
import { routes } from './routes.ts';

/** Every route of the product, in the order of the document. */
export const allRoutes: readonly ApiRoute[] = [
  ...Object.values<ApiRoute>(routes),
  ...Object.values<ApiRoute>(emailRoutes),
  ...Object.values<ApiRoute>(leadRoutes),
  ...Object.values<ApiRoute>(webhookRoutes),
  ...Object.values<ApiRoute>(whatsAppRoutes),
  ...conversationRoutes,
  ...Object.values<ApiRoute>(webChatRoutes),
  ...Object.values<ApiRoute>(streamingRoutes),
];

type Json = Record<string, unknown>;

/** Where the APIs are reached. */
export interface BaseUrls {
  publicBaseUrl: string;
  /** Of the routes that stream. */
  streamingBaseUrl: string;
}

/** The OpenAPI 3.1 document of the product, made from the routes and schemas that serve it. */
export function openApiDocument({ publicBaseUrl, streamingBaseUrl }: BaseUrls): Json {
  const paths: Record<string, Json> = {};
  for (const route of allRoutes) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: {
        ...operationOf(route),
        ...(route.streams && { servers: [{ url: streamingBaseUrl }] }),
      },
    };
  }
  const features = Object.entries(knownFeatures).map(
    ([name, schema]) => [`feature.${name}`, jsonSchema(schema, 'input')] as const,
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'replies-engine',
      version: '1',
      description:
        'Send an API key or a token of your identity provider: `Authorization: Bearer …`. Times are ISO 8601 ' +
        'in UTC. Errors are problems (RFC 9457); their `type` ends in a heading of docs/reference/errors.md. Those that the ' +
        'HTTP API itself answers are `{"message": "…"}`.',
    },
    servers: [{ url: publicBaseUrl }],
    paths,
    webhooks: Object.fromEntries(
      eventSchemas.map(([type, body]) => [type, { post: webhookOf(type, body) }]),
    ),
    components: {
      schemas: { problem, 'gateway-message': gatewayMessage, ...Object.fromEntries(features) },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(route: ApiRoute): Json {
  const isGuarded = route.access !== 'open' && route.access !== 'signed';
  const parameters = [
    ...pathParameters(route),
    ...parametersIn('query', route.query),
    ...parametersIn('header', route.headers),
  ];
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(isGuarded
      ? {
          description: `Needs the scope \`${route.access}\`.${route.envelope ? inEnvelope : ''}`,
          security: [{ bearer: [route.access] }],
        }
      : { security: [] }),
    ...(route.access === 'signed' && { description: 'Signed by its sender; not for callers.' }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: !route.bodyIsOptional,
        content: jsonContent(jsonSchema(route.body, 'input')),
      },
    }),
    responses: { ...successOf(route), ...problemsOf(route, isGuarded) },
  };
}

/** What a company's own endpoint receives. */
const webhookOf = (type: string, body: z.ZodMiniType): Json => ({
  operationId: `on ${type}`,
  tags: ['Events'],
  summary: `The event ${type}`,
  description:
    'Signed as Standard Webhooks say; the header `webhook-id` tells one that comes twice.',
  security: [],
  requestBody: { required: true, content: jsonContent(jsonSchema(body, 'output')) },
  responses: { 200: { description: 'Any 2xx: it is taken. After another answer it comes again.' } },
});

const inEnvelope = ` Also at \`${platformPrefix}\` and this path. Its problems have \`success: false\`.`;

const pathParameters = ({ path }: ApiRoute): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const parametersIn = (place: 'query' | 'header', schemas: z.ZodMiniObject | undefined): Json[] =>
  Object.entries(schemas?.shape ?? {}).map(([name, parameter]) => {
    const { description, ...schema } = jsonSchema(parameter as z.ZodMiniType, 'input');
    return { name, in: place, ...(description !== undefined && { description }), schema };
  });

function successOf({ success }: ApiRoute): Json {
  const { status, what, created, accepted, nothing, schema, mediaType } = success;
  const content = schema
    ? { content: jsonContent(jsonSchema(schema, 'output')) }
    : mediaType && { content: { [mediaType]: { schema: { type: 'string' } } } };
  return {
    [status]: { description: what, ...content },
    ...(created && { 201: { description: created, ...content } }),
    ...(accepted && { 202: { description: accepted, ...content } }),
    ...(nothing && { 204: { description: nothing } }),
  };
}

function problemsOf(route: ApiRoute, isGuarded: boolean): Json {
  const ofAuthorization: Problems = isGuarded
    ? { 401: 'unauthenticated', 403: ['forbidden', 'tenant-suspended'], 429: 'too-many-requests' }
    : {};
  const ofSignature: Problems = route.access === 'signed' ? { 403: 'signature-invalid' } : {};
  const all = [
    ofInput(route),
    route.problems ?? {},
    ofAuthorization,
    ofSignature,
    { 503: 'unavailable' },
  ];
  const ours = (status: number) =>
    all.flatMap((problems: Problems) => problems[status as keyof Problems] ?? []);
  const theirs = gatewayAnswers(route, isGuarded);
  const statuses = new Set([...all, theirs].flatMap((one) => Object.keys(one).map(Number)));
  return Object.fromEntries(
    [...statuses].map((status) => [status, answerOf(ours(status), theirs[status])]),
  );
}

/** The answers to input that a route cannot accept. */
function ofInput({ params, missing, query, headers, missingKey, body }: ApiRoute): Problems {
  const takesKey = keyHeader in (headers?.shape ?? {});
  const isChecked = body || query || takesKey || (params && missing === undefined);
  return {
    ...(missingKey && { 400: 'idempotency-key-missing' }),
    ...(body && {
      400: [...(missingKey ? ['idempotency-key-missing'] : []), 'malformed-json'],
      413: 'body-too-large',
      415: 'unsupported-media-type',
    }),
    ...(missing !== undefined && { 404: 'not-found' }),
    ...(isChecked && { 422: 'invalid' }),
  };
}

/** What the HTTP API itself answers, before or instead of a function, by status. */
const gatewayAnswers = (
  { method }: ApiRoute,
  isGuarded: boolean,
): Partial<Record<number, string>> => ({
  ...(isGuarded && { 401: 'there is no Authorization header' }),
  ...(method !== 'GET' && { 413: 'the body has more than 10 MB' }),
  429: 'all callers together send too much',
  500: 'a function fails',
  503: 'a function takes too long, or too many are at work',
});

function answerOf(ours: readonly string[], theirs: string | undefined): Json {
  const descriptions = [
    ...(ours.length > 0 ? [ours.join(', ')] : []),
    ...(theirs ? [`as application/json by the HTTP API itself, where ${theirs}`] : []),
  ];
  const reference = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });
  return {
    description: descriptions.join('; '),
    content: {
      ...(ours.length > 0 && { 'application/problem+json': reference('problem') }),
      ...(theirs && { 'application/json': reference('gateway-message') }),
    },
  };
}

const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });

function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as Json;
}

const problem: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: {
      type: 'string',
      description: 'urn:replies-engine:error: and a heading of docs/reference/errors.md',
    },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    success: { const: false, description: 'On the routes of the platform alone' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

const gatewayMessage: Json = {
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string' } },
};
