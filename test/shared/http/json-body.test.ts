import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { jsonBody } from '../../../lambdas/shared/http/json-body.ts';

const schema = z.strictObject({
  name: z.string().check(z.minLength(2), z.maxLength(5)),
  kind: z._default(z.enum(['a', 'b']), 'a'),
  tags: z.optional(z.array(z.string()).check(z.maxLength(2))),
  size: z.optional(z.int().check(z.gte(1), z.lte(9))),
});

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/json',
  maxBytes = 1_000,
) {
  const app = new Hono();
  app.post('/', async (c) => {
    const result = await jsonBody(c, schema, maxBytes);
    return 'problem' in result ? result.problem : c.json(result.value as object);
  });
  const headers = type ? { 'content-type': type } : {};
  return app.request('/', { method: 'POST', body, headers });
}

interface Problem {
  detail: string;
  errors: { pointer: string; detail: string }[];
}

describe('a JSON body', () => {
  it('is read by its schema', async () => {
    const response = await post('{"name": "Ann"}');

    expect(await response.json()).toEqual({ name: 'Ann', kind: 'a' });
  });

  it.each(['application/json; charset=utf-8', 'application/problem+json', 'Application/JSON'])(
    'may be of the type %s',
    async (type) => {
      expect((await post('{"name": "Ann"}', type)).status).toBe(200);
    },
  );

  it.each([
    ['text/plain', '{"name": "Ann"}', 415],
    ['application/x-www-form-urlencoded', 'name=Ann', 415],
    ['application/jsonp', '{}', 415],
    ['application/json', '', 400],
    ['application/json', '{"name": "Ann"', 400],
    ['application/json', "{'name': 'Ann'}", 400],
    ['application/json', '{"name": "\\ud800"}', 400],
    ['application/json', '{"\\udfff": 1}', 400],
    ['application/json', `{"name": "${'x'.repeat(2_000)}"}`, 413],
    ['application/json', 'null', 422],
    ['application/json', '[]', 422],
  ])('of the type %s is refused: %j', async (type, body, status) => {
    expect((await post(body, type)).status).toBe(status);
  });

  it('that is not UTF-8 is refused', async () => {
    expect((await post(Uint8Array.of(0x22, 0xff, 0x22))).status).toBe(400);
  });

  it.each(['9007199254740993', '-12345678901234567890', '[1, {"a": 100000000000000000001}]'])(
    'is refused with the integer %s, whose digits would be lost',
    async (json) => {
      const response = await post(`{"name": ${json}}`);

      expect(response.status).toBe(400);
      expect(((await response.json()) as Problem).detail).toContain('more digits');
    },
  );

  it.each(['9007199254740993', '{"size": 9007199254740993}', '\\\\" 9007199254740993'])(
    'may speak of large integers, as in %s',
    async (text) => {
      const problem = (await (await post(JSON.stringify({ name: text }))).json()) as Problem;

      expect(problem.errors.map(({ pointer }) => pointer)).toEqual(['#/name']);
    },
  );

  it('may have large integers that lose nothing', async () => {
    const problem = (await (await post('{"name": 100000000000000000000}')).json()) as Problem;

    expect(problem.errors[0]?.detail).toBe('Expected string, got number.');
  });

  it('may speak of surrogates, and have whole ones', async () => {
    expect((await post(JSON.stringify({ name: '\\ud8' }))).status).toBe(200);
    expect((await post('{"name": "\\ud83d\\ude00!"}')).status).toBe(200);
  });

  it.each([
    ['{"name": "Ann", "name": "Bob"}', '"name" twice'],
    ['{"name": "Ann", "tags": [{"a": 1, "\\u0061": 2}]}', '"\\u0061" twice'],
    ['{"name": "Ann", "size": 1e999}', 'a number is too large'],
    ['{"name": "Ann", "more": [{"deep": -1e999}]}', 'a number is too large'],
    ['\ufeff', 'it is empty'],
  ])('%s is refused, and told why', async (body, fault) => {
    const response = await post(body);

    expect(response.status).toBe(400);
    expect(((await response.json()) as Problem).detail).toContain(fault);
  });

  it.each([
    ['of 5 MB of escapes', `{"name": "${'\\u00e9'.repeat(800_000)}"}`, 422],
    ['of 5 MB of backslashes', `{"name": "${'\\\\'.repeat(2_500_000)}"}`, 422],
    ['of 5 MB of white space', `{"name"${' '.repeat(5_000_000)}: "Ann"}`, 200],
    ['of 5 MB of brackets', '['.repeat(5_000_000), 400],
    ['nested 100,000 times', `{"name": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
  ])('%s is answered all the same', async (_, body, status) => {
    const response = await post(body, 'application/json', 10_000_000);

    expect(response.status).toBe(status);
  });

  it('is told every fault, each by its place', async () => {
    const faulty = { name: 'x', kind: 'c', tags: ['1', 2], size: 10, more: 1 };

    const { errors } = (await (await post(JSON.stringify(faulty))).json()) as Problem;

    expect(Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]))).toEqual({
      '#/name': 'It must have at least 2 characters.',
      '#/kind': 'Expected one of a, b.',
      '#/tags/1': 'Expected string, got number.',
      '#/size': 'It must be at most 9.',
      '#/more': 'There is no such field.',
    });
  });

  it('is told of a list that is too long', async () => {
    const response = await post('{"name": "Ann", "tags": ["1", "2", "3"]}');

    expect(await response.json()).toMatchObject({
      errors: [{ pointer: '#/tags', detail: 'It must have at most 2 items.' }],
    });
  });

  it('is told what is missing', async () => {
    const { errors } = (await (await post('{}')).json()) as Problem;

    expect(errors).toEqual([{ pointer: '#/name', detail: 'It is missing.' }]);
  });

  it('is answered clearly, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (body) => {
        const { status } = await post(body.toWellFormed());

        expect([200, 400, 422, 413]).toContain(status);
      }),
    );
  });
});
