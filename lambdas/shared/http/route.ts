import type * as z from 'zod/mini';
import type { Fault } from '../fault.ts';
import type { BodyBounds } from './json-body.ts';
import type { Problem } from './problem.ts';

/** One route of the HTTP API: what the stack makes, an app serves and the OpenAPI document tells. */
export interface Route<Access extends string = string> extends BodyBounds {
  operationId: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters. */
  path: string;
  access: Access;
  tag: string;
  summary: string;
  /** Answers in the platform's form, `{success, data}`, and is reached under `/api/2024-06` too. */
  envelope?: true;
  /** Its answer is sent as it is made: by the streaming API, which has a base URL of its own. */
  streams?: true;
  /** The parameters of the path; without it, each is any text. */
  params?: z.ZodMiniObject;
  /**
   * What the 404 says where there is no such thing, with `{name}` for parameters. A parameter that does not fit is
   * answered so too; on a route without this, it is a fault of the request.
   */
  missing?: string;
  /** Each parameter of the query by its name. */
  query?: z.ZodMiniObject;
  /** The request headers that mean something here, by their names; their descriptions say what. */
  headers?: z.ZodMiniObject;
  /** What the 400 says where the route needs an `Idempotency-Key` and none was sent. */
  missingKey?: string;
  body?: z.ZodMiniType;
  /** Reads the body in place of its schema, which then only documents it: for faults that no schema can tell. */
  readBody?: (value: unknown) => { value: unknown } | { faults: Fault[] };
  success: {
    status: 200 | 201 | 202 | 204;
    what: string;
    /** What 201 means, for a route that answers it too. */
    created?: string;
    /** What 202 means, for a route that answers it too. */
    accepted?: string;
    /** What 204 means, for a route that answers it too. */
    nothing?: string;
    /** Of a JSON body. */
    schema?: z.ZodMiniType;
    /** Of a body that is no JSON; one of `text/event-stream` may be nothing, which is 204. */
    mediaType?: string;
  };
  /** Problems beside those of authorization and input: headings of docs/reference/errors.md by status. */
  problems?: Problems;
}

/** Headings of docs/reference/errors.md by status. */
export type Problems = Partial<Record<Problem['status'], string | readonly string[]>>;

type Parsed<R, Part extends string, Else> = R extends {
  [name in Part]: infer Schema extends z.ZodMiniType;
}
  ? z.output<Schema>
  : Else;

/** What a handler gets of a request, parsed by the route's own schemas. */
export interface Input<R extends Route> {
  params: Parsed<R, 'params', Record<string, string>>;
  query: Parsed<R, 'query', Record<never, never>>;
  headers: Parsed<R, 'headers', Record<never, never>>;
  body: R extends { readBody: (value: unknown) => infer Result }
    ? Extract<Result, { value: unknown }>['value']
    : Parsed<R, 'body', undefined>;
  /** The body as it was sent. */
  text: string;
}

export interface Success<Body> {
  body: Body;
  /** By default the route's own. */
  status?: Route['success']['status'];
  headers?: Record<string, string>;
}

type SuccessOf<R extends Route> = R['success'] extends { mediaType: typeof eventStream }
  ? Success<ReadableStream<Uint8Array>> | { status: 204 }
  : JsonOf<R>;

/** A body that is written while it is read. */
export const eventStream = 'text/event-stream';

type JsonOf<R extends Route> = R['success'] extends { schema: infer S extends z.ZodMiniType }
  ? Success<z.output<S>>
  : Omit<Success<never>, 'body'>;

/** What a handler answers: a success with its body, a problem, or undefined where there is no such thing. */
export type Answer<R extends Route> =
  | SuccessOf<R>
  | Problem
  | (R extends { missing: string } ? undefined : never);
