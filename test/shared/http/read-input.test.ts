import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { idempotencyKey } from '../../../lambdas/shared/http/idempotency-key.ts';
import { cursorOf, pageQuery } from '../../../lambdas/shared/http/page.ts';
import { ifMatch, ifNoneMatch } from '../../../lambdas/shared/http/preconditions.ts';
import { problemResponse } from '../../../lambdas/shared/http/problem.ts';
import { readInput } from '../../../lambdas/shared/http/read-input.ts';
import type { Route } from '../../../lambdas/shared/http/route.ts';
import { aRoute } from './a-route.ts';

const json = { 'content-type': 'application/json' };

/** What the route makes of a request: its input, or the problem that was answered. */
async function read(
  route: Partial<Route>,
  path = '/',
  init: RequestInit = {},
): Promise<Record<string, unknown>> {
  const app = new Hono();
  app.all(route.path ?? '/', async (c) => {
    const result = await readInput(c, { ...aRoute, ...route });
    return 'problem' in result ? problemResponse(c, result.problem) : c.json(result.input);
  });
  const response = await app.request(path, { method: 'POST', ...init });
  return { status: response.status, ...((await response.json()) as object) };
}

const ofThing = {
  path: '/things/:thing_id',
  params: z.object({ thing_id: z.string().check(z.regex(/^[a-z]+$/)) }),
};

describe('the input of a route', () => {
  it('is what its schemas make of the path, the query, the headers and the body', async () => {
    const route = {
      ...ofThing,
      query: z.object(pageQuery(50, cursorOf(/^\d+$/))),
      headers: z.object({ 'Idempotency-Key': idempotencyKey('A key') }),
      body: z.object({ name: z.string().check(z.trim()) }),
    };

    const input = await read(route, '/things/abc?limit=7&cursor=9&other=1', {
      headers: { ...json, 'idempotency-key': ' k ' },
      body: '{"name": " Ann "}',
    });

    expect(input).toMatchObject({
      params: { thing_id: 'abc' },
      query: { limit: 7, cursor: '9' },
      headers: { 'Idempotency-Key': 'k' },
      body: { name: 'Ann' },
      text: '{"name": " Ann "}',
    });
  });

  it('is the texts of the path alone where the route declares nothing', async () => {
    const input = await read({ path: '/things/:thing_id' }, '/things/a%2Fb', { body: 'words' });

    expect(input).toMatchObject({ params: { thing_id: 'a/b' } });
    expect(input).not.toHaveProperty('body');
  });

  it('has every fault of the path, the query and the headers at once, each at its name', async () => {
    const route = {
      ...ofThing,
      query: z.object(pageQuery(50, cursorOf(/^\d+$/))),
      headers: z.object({ 'Idempotency-Key': idempotencyKey('A key') }),
    };

    const problem = await read(route, '/things/A?limit=51&cursor=x', {
      headers: { 'idempotency-key': 'k'.repeat(256) },
    });

    expect(problem).toMatchObject({
      status: 422,
      errors: [
        { pointer: 'thing_id', detail: 'It is malformed.' },
        { pointer: 'cursor', detail: 'It is none that was given as next_cursor.' },
        { pointer: 'limit', detail: 'It is a number from 1 to 50.' },
        { pointer: 'Idempotency-Key', detail: 'It has 1 to 255 characters.' },
      ],
    });
  });

  it('is not asked for its body before the rest of it fits', async () => {
    const route = { ...ofThing, body: z.object({}) };

    expect(await read(route, '/things/A', { body: 'no JSON' })).toMatchObject({ status: 422 });
  });

  it('may have its body read by a function, whose faults are answered like those of a schema', async () => {
    const route = {
      body: z.object({ total: z.int() }),
      readBody: (value: unknown) =>
        Array.isArray(value)
          ? { value: { total: value.length } }
          : { faults: [{ pointer: '#/total', detail: 'It cannot be counted.' }] },
    };

    const counted = await read(route, '/', { headers: json, body: '[1, 2]' });
    const refused = await read(route, '/', { headers: json, body: '{}' });

    expect(counted).toMatchObject({ body: { total: 2 } });
    expect(refused).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/total', detail: 'It cannot be counted.' }],
    });
  });
});

describe('a parameter of the path that cannot name a thing', () => {
  it('is answered as a thing that is not there, where the route says how', async () => {
    const route = { ...ofThing, missing: 'There is no thing {thing_id}.' };

    expect(await read(route, '/things/A1')).toMatchObject({
      status: 404,
      type: 'urn:replies-engine:error:not-found',
      detail: 'There is no thing A1.',
    });
  });
});

describe('an Idempotency-Key that the route needs', () => {
  it.each([{}, { 'idempotency-key': '  ' }])(
    'is asked for where it came as %j',
    async (headers) => {
      const route = {
        headers: z.object({ 'Idempotency-Key': idempotencyKey('A key') }),
        missingKey: 'Send a key of your own.',
        body: z.object({}),
      };

      expect(await read(route, '/', { headers })).toMatchObject({
        status: 400,
        type: 'urn:replies-engine:error:idempotency-key-missing',
        detail: 'Send a key of your own.',
      });
    },
  );
});

describe('the size of a page', () => {
  const limitOf = (query: string) =>
    read({ query: z.object(pageQuery(50, z.string())) }, `/${query}`);

  it.each(['0', '51', '-1', '1.5', '1e1', '', ' 7', '007', 'all'])(
    'is refused: %j',
    async (limit) => {
      expect(await limitOf(`?limit=${encodeURIComponent(limit)}`)).toMatchObject({
        errors: [{ pointer: 'limit', detail: 'It is a number from 1 to 50.' }],
      });
    },
  );

  it('is the largest where none is asked for', async () => {
    expect(await limitOf('')).toMatchObject({ query: { limit: 50 } });
  });
});

describe('a precondition', () => {
  const headers = z.object({ 'If-Match': ifMatch, 'If-None-Match': ifNoneMatch('Only if new') });
  const parsedOf = async (given: Record<string, string>) =>
    (await read({ headers }, '/', { headers: given }))['headers'];

  it.each([
    [{ 'if-match': '"3"' }, { 'If-Match': { version: 3 } }],
    [{ 'if-match': '*' }, { 'If-Match': 'present' }],
    [{ 'if-none-match': '*' }, { 'If-None-Match': 'absent' }],
    [{ 'if-none-match': '"*"' }, { 'If-None-Match': 'absent' }],
    [{}, {}],
  ])('%j is %j', async (given, expected) => {
    expect(await parsedOf(given)).toEqual(expected);
  });

  it.each([
    { 'if-match': 'W/"3"' },
    { 'if-match': '3' },
    { 'if-match': '' },
    { 'if-match': '"1", "2"' },
  ])('that cannot be read is one that does not hold: %j', async (given) => {
    expect(await parsedOf(given)).toEqual({ 'If-Match': { version: -1 } });
  });
});
