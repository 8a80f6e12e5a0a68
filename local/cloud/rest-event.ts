import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { localAccount } from './template.ts';

/** Which resource of a REST API a request is for. */
export interface RestPlace {
  apiId: string;
  stage: string;
  /** Such as `/{proxy+}`. */
  resourcePath: string;
  pathParameters: Record<string, string>;
  /** Behind the stage. */
  path: string;
}

/** The event of payload 1.0 for a request. */
export function restEvent(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  { apiId, stage, resourcePath, pathParameters, path }: RestPlace,
): APIGatewayProxyEvent {
  const multiValueHeaders = listsOf(namedHeaders(request.rawHeaders));
  const headers = lastOf(multiValueHeaders) ?? {};
  const multiValueQueryStringParameters = filled(listsOf([...url.searchParams]));
  const method = request.method ?? '';
  const now = new Date();
  return {
    resource: resourcePath,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders,
    queryStringParameters: lastOf(multiValueQueryStringParameters),
    multiValueQueryStringParameters,
    pathParameters: filled(pathParameters),
    stageVariables: null,
    requestContext: {
      accountId: localAccount,
      apiId,
      authorizer: null,
      domainName: request.headers.host ?? 'localhost',
      domainPrefix: apiId,
      extendedRequestId: randomUUID(),
      httpMethod: method,
      identity: identityOf(request),
      path: url.pathname,
      protocol: `HTTP/${request.httpVersion}`,
      requestId: randomUUID(),
      requestTime: now.toISOString(),
      requestTimeEpoch: now.getTime(),
      resourceId: 'local',
      resourcePath,
      stage,
    },
    body: body.length > 0 ? body.toString('utf8') : null,
    isBase64Encoded: false,
  };
}

const identityOf = (
  request: IncomingMessage,
): APIGatewayProxyEvent['requestContext']['identity'] => ({
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
  user: null,
  userAgent: request.headers['user-agent'] ?? null,
  userArn: null,
});

/** The REST API leaves the names of headers as they were sent. */
function namedHeaders(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at) =>
    at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as [string, string]] : [],
  );
}

function listsOf(pairs: [string, string][]): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    const list = lists[name] ?? [];
    list.push(value);
    lists[name] = list;
  }
  return lists;
}

const lastOf = (lists: Record<string, string[]> | null): Record<string, string> | null =>
  lists &&
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? '']));

/** Where there is none of something, AWS says null. */
const filled = <T>(record: Record<string, T>): Record<string, T> | null =>
  Object.keys(record).length > 0 ? record : null;
