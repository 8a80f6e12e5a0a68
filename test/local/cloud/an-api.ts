import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { LocalAuthorizer } from '../../../local/cloud/authorizer.ts';
import { type HttpApiOptions, startHttpApi } from '../../../local/cloud/http-api.ts';
import type { RequestContext } from '../../../local/cloud/request-log.ts';
import { aHandler } from './fixtures.ts';

export interface AnApiOptions extends HttpApiOptions {
  /** Routes that take no request without an Authorization header. */
  authorized?: string[];
}

/** An API whose routes all lead to one function; gives the way to call it. */
export async function anApi(
  routeKeys: string[],
  handler: string,
  { authorized = [], ...options }: AnApiOptions = {},
) {
  const { target } = aHandler(handler);
  const identitySources = ['$request.header.Authorization'];
  const authorizer = new LocalAuthorizer({ identitySources, cacheSeconds: 0, target });
  const requests: RequestContext[] = [];
  const server = await startHttpApi(
    routeKeys.map((routeKey) => ({
      routeKey,
      target,
      ...(authorized.includes(routeKey) && { authorizer }),
    })),
    0,
    { ...options, requested: (context) => void requests.push(context) },
  );
  onTestFinished(() => end(server));
  const { address, port } = server.address() as AddressInfo;
  const call = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
  return { address, port, call, requests };
}

const end = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** A handler that answers with the event that it was given. */
export const echo = 'return { statusCode: 200, body: JSON.stringify(event) };';
