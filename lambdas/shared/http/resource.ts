import * as z from 'zod/mini';
import { enveloped, envelopedPage } from './envelope.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { defaultMaxBytes } from './json-body.ts';
import { cursorOf, pageQuery } from './page.ts';
import { ifMatch } from './preconditions.ts';
import type { Route } from './route.ts';

/** The declaration of a resource; everything else is the same for all. */
export interface ResourceDeclaration<Access extends string, Body extends z.ZodMiniObject> {
  /** One of them, in snake case, and several of them: `conversation_starter`, `conversation_starters`. */
  name: string;
  plural: string;
  path: string;
  tag: string;
  scopes: { read: Access; write: Access };
  /** Must accept its own output, because it also reads the stored body. */
  body: Body;
  /** Fields by which a list is narrowed: to resources that have the value, or have it in their list. */
  filters?: readonly (keyof z.output<Body> & string)[];
  maxBodyBytes?: number;
  /** Days that one is kept after its last change; unlimited by default. */
  retentionDays?: number;
}

/** A resource of the platform: its declaration, with the routes that the stack makes and the OpenAPI document tells. */
export const resource = <Access extends string, Body extends z.ZodMiniObject>(
  declaration: ResourceDeclaration<Access, Body>,
) => ({ ...declaration, routes: routesOf<Access>(declaration) });

export interface Resource<Access extends string = string>
  extends Omit<ResourceDeclaration<Access, z.ZodMiniObject>, 'filters'> {
  routes: ReturnType<typeof routesOf<Access>>;
  filters?: readonly string[];
}

const pageSize = 50;
const params = z.object({ id: z.guid().check(z.toLowerCase()) });

const createHeaders = z.object({
  'Idempotency-Key': z.optional(
    idempotencyKey('A key of your own: the same request with the same key is made once.'),
  ),
});

const change = z.object({
  id: z.guid(),
  version: z.int(),
  changed_at: z.iso.datetime(),
  changed_by: z.string(),
  action: z.enum(['set', 'deleted']),
  /** What it was before; missing where there was nothing. */
  before: z.optional(z.unknown()),
});

function routesOf<Access extends string>({
  name,
  plural,
  path,
  tag,
  scopes,
  body,
  filters = [],
  maxBodyBytes = defaultMaxBytes,
}: ResourceDeclaration<Access, z.ZodMiniObject>) {
  const [one, several] = [words(name), words(plural)];
  const id = pascal(name);
  const view = viewOf(body);
  const reading = { method: 'GET', access: scopes.read, tag, envelope: true } as const;
  const writing = { access: scopes.write, tag, envelope: true } as const;
  const ofOne = { path: `${path}/{id}`, params, missing: `There is no such ${one}.` };
  const changing = {
    ...writing,
    ...ofOne,
    headers: z.object({ 'If-Match': ifMatch }),
    problems: { 412: 'precondition-failed' },
  } as const;
  const asItIs = { status: 200, what: `The ${one} as it is now`, schema: enveloped(view) } as const;
  return {
    create: {
      ...writing,
      operationId: `create${id}`,
      method: 'POST',
      path,
      summary: `Makes one of the ${several}`,
      headers: createHeaders,
      body,
      maxBodyBytes,
      missing: `The ${one} that was made with this Idempotency-Key is deleted.`,
      success: {
        status: 200,
        what: `The ${one} that was made with the key before`,
        created: `The ${one}`,
        schema: enveloped(view),
      },
      problems: { 409: 'idempotency-key-reused' },
    },
    list: {
      ...reading,
      operationId: `list${pascal(plural)}`,
      path,
      summary: `The ${several}, newest first`,
      query: z.object({
        ...Object.fromEntries(filters.map((field) => [field, z.optional(z.string())])),
        ...pageQuery(pageSize, cursorOf(/^[0-9a-f-]{36}$/)),
      }),
      success: {
        status: 200,
        what: `A page of ${several}; next_cursor is null on the last`,
        schema: envelopedPage(view),
      },
    },
    get: {
      ...reading,
      ...ofOne,
      operationId: `get${id}`,
      summary: `One of the ${several}, with its ETag`,
      success: asItIs,
    },
    replace: {
      ...changing,
      operationId: `replace${id}`,
      method: 'PUT',
      summary: `Replaces one of the ${several}`,
      body,
      maxBodyBytes,
      success: asItIs,
    },
    update: {
      ...changing,
      operationId: `update${id}`,
      method: 'PATCH',
      summary: `Changes the fields that are sent of one of the ${several}; null takes a field away`,
      body: patchOf(body),
      readBody: anObject,
      maxBodyBytes,
      success: asItIs,
    },
    remove: {
      ...changing,
      operationId: `delete${id}`,
      method: 'DELETE',
      summary: `Deletes one of the ${several}; its changes are kept`,
      success: { status: 204, what: 'It is deleted' },
    },
    changes: {
      ...reading,
      ...ofOne,
      path: `${path}/{id}/changes`,
      operationId: `list${id}Changes`,
      summary: `Who changed one of the ${several}, when, and what it was before; newest first`,
      query: z.object(pageQuery(pageSize, cursorOf(/^\d{12}$/))),
      success: {
        status: 200,
        what: 'A page of changes; next_cursor is null on the last',
        schema: envelopedPage(change),
      },
    },
  } as const satisfies Record<string, Route<Access>>;
}

const viewOf = (body: z.ZodMiniObject) =>
  z.object({
    id: z.guid(),
    ...body.shape,
    version: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    updated_by: z.string(),
  });

/** What an update takes: any of the fields, without their defaults; null for one that may be missing. */
const patchOf = (body: z.ZodMiniObject) => {
  const fields = Object.entries(body.shape).map(([name, field]) => [name, patchedField(field)]);
  return z.partial(z.extend(body, Object.fromEntries(fields)));
};

function patchedField(field: z.core.$ZodType) {
  const mayBeMissing = z.safeParse(field, undefined).success;
  const inner = field instanceof z.ZodMiniDefault ? field._zod.def.innerType : field;
  return mayBeMissing ? z.nullable(inner as z.ZodMiniType) : field;
}

/** The fields of a change are checked together with those that stay. */
const anObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { value: value as Record<string, unknown> }
    : { faults: [{ pointer: '#', detail: 'Expected object.' }] };

const words = (name: string): string => name.replaceAll('_', ' ');

const pascal = (name: string): string =>
  name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
