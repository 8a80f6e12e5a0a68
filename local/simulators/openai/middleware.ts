import { createMiddleware } from 'hono/factory';
import { type Faults, faultMiddleware, type SimulatorEnv } from '../faults.ts';
import { ApiError } from './errors.ts';
import { newId } from './ids.ts';
import { readJson } from './parse.ts';

/** A call that reached the simulator, whether or not it took effect. */
export interface Call {
  /** The SDK's name of it, such as `responses.create`. */
  operation: string;
  path: string;
  body: unknown;
}

const maxCalls = 10_000;

/** Makes the middleware of each route, which records the call and then injects its faults. */
export function createRequestLog(faults: Faults) {
  const calls: Call[] = [];
  const operations = new Set<string>();
  const requestLog = (operation: string) => {
    operations.add(operation);
    const applyFaults = faultMiddleware(faults, operation);
    return createMiddleware<SimulatorEnv>(async (c, next) => {
      const isForm = c.req.header('content-type')?.startsWith('multipart/') ?? false;
      const body = isForm ? await c.req.parseBody() : await readJson(c.req);
      calls.push({ operation, path: c.req.path, body });
      if (calls.length > maxCalls) calls.shift();
      return applyFaults(c, next);
    });
  };
  return { requestLog, calls, operations };
}

/** Middleware: adds the headers that every answer of the real API has. */
export const responseHeaders = (now: () => number) =>
  createMiddleware<SimulatorEnv>(async (c, next) => {
    const startMs = now();
    await next();
    c.header('x-request-id', newId('req_'));
    c.header('openai-processing-ms', String(Math.round(now() - startMs)));
    c.header('openai-version', '2020-10-01');
  });

/** Middleware: answers 401 unless the call has this API key; without one, every call passes. */
export const requireApiKey = (apiKey: string | undefined) =>
  createMiddleware<SimulatorEnv>(async (c, next) => {
    const token = c.req.header('authorization')?.replace(/^Bearer\s+/i, '');
    if (apiKey === undefined || token === apiKey) return next();
    const message = token
      ? `Incorrect API key provided: ${masked(token)}. You can find your API key at https://platform.openai.com/account/api-keys.`
      : "You didn't provide an API key. Provide it in an Authorization header using Bearer auth.";
    throw new ApiError(401, message, { code: 'invalid_api_key' });
  });

const masked = (token: string) =>
  token.length < 12 ? '*'.repeat(token.length) : `${token.slice(0, 4)}****${token.slice(-4)}`;
