import type * as z from 'zod/mini';
import type { Scope } from './scopes.ts';

/** Who may call a route: everybody, whoever signs as its vendor does, or a caller with this scope. */
export type Access = 'open' | 'signed' | Scope;

/** One route of the HTTP API: what the stack makes, the gate guards and the OpenAPI document tells. */
export interface ApiRoute {
  operationId: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{name}` for parameters. */
  path: string;
  access: Access;
  tag: string;
  summary: string;
  /** Each parameter of the query by its name. */
  query?: z.ZodMiniObject;
  /** Request headers that mean something here, with what they mean. */
  headers?: Record<string, string>;
  body?: z.ZodMiniType;
  /** No body means an empty object. */
  bodyIsOptional?: true;
  success: {
    status: 200 | 201 | 202 | 204;
    what: string;
    /** What 201 means, for a route that answers it too. */
    created?: string;
    /** Of a JSON body. */
    schema?: z.ZodMiniType;
    /** Of a body that is no JSON. */
    mediaType?: string;
  };
  /** Problems beside those of the gate: headings of docs/reference/errors.md by status. */
  problems?: Partial<Record<400 | 404 | 409 | 412 | 413 | 415 | 422, string | readonly string[]>>;
}
