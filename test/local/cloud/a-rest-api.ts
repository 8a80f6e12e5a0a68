import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { RequestContext } from '../../../local/cloud/request-log.ts';
import {
  type GatewayAnswer,
  RestApi,
  type RestIntegration,
} from '../../../local/cloud/rest-api.ts';
import { RestAuthorizer } from '../../../local/cloud/rest-authorizer.ts';
import { aFunction, aHandler } from './fixtures.ts';

export interface ARestApiOptions {
  idleMs?: number;
  timeoutMs?: number;
  /** The body of the authorizer's handler; without one nobody is asked. */
  authorizer?: string;
  gatewayAnswers?: Record<string, GatewayAnswer>;
}

/** A handler that streams: `stream` is its answer, which begins with `begin(statusCode, headers)`. */
export const streaming = (body: string): string => `
  exports.handler = awslambda.streamifyResponse(async (event, raw, context) => {
    let stream = raw;
    const begin = (statusCode = 200, headers = { 'content-type': 'text/event-stream' }) => {
      stream = awslambda.HttpResponseStream.from(raw, { statusCode, headers });
    };
    ${body}
  });`;

/** A REST API whose GET and POST of everything lead to one function; gives the way to call it. */
export async function aRestApi(
  bundle: string,
  { idleMs, timeoutMs = 900_000, authorizer, gatewayAnswers = {} }: ARestApiOptions = {},
) {
  const { target, lines } = aFunction(bundle);
  const asked = authorizer === undefined ? undefined : aHandler(authorizer).target;
  const integration: RestIntegration = {
    kind: 'stream',
    target,
    timeoutMs,
    ...(asked && {
      authorizer: new RestAuthorizer({
        identitySources: ['method.request.header.Authorization'],
        cacheSeconds: 60,
        target: asked,
      }),
    }),
  };
  const preflight: RestIntegration = {
    kind: 'mock',
    status: 204,
    headers: { 'access-control-allow-origin': '*' },
  };
  const methods = { GET: integration, POST: integration, OPTIONS: preflight };
  const requests: RequestContext[] = [];
  const api = new RestApi({
    id: 'rest',
    stage: 'live',
    methods: new Map([['/{proxy+}', new Map(Object.entries(methods))]]),
    gatewayAnswers: new Map(Object.entries(gatewayAnswers)),
    requested: (context) => void requests.push(context),
    ...(idleMs !== undefined && { idleMs }),
  });
  const server = createServer((request, response) => {
    void api.answer(request, response).then((isAnswered) => {
      if (!isAnswered) response.writeHead(418).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const call = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${port}/live${path}`, init);
  return { call, target, lines, requests, url: `http://127.0.0.1:${port}` };
}
