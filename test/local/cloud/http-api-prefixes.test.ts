import { describe, expect, it } from 'vitest';
import { anApi, echo } from './an-api.ts';

const routeOf = async (response: Response) =>
  ((await response.json()) as { routeKey?: string }).routeKey;

/** All methods and all that is below two paths, one of which begins like the other. */
const prefixes = ['ANY /macros', 'ANY /macros/{proxy+}', 'ANY /api/v1/macros/{proxy+}'];

describe('a function that serves everything under a path', () => {
  it.each([
    ['GET', '/macros', 'ANY /macros'],
    ['DELETE', '/macros', 'ANY /macros'],
    ['PATCH', '/macros/1', 'ANY /macros/{proxy+}'],
    ['GET', '/macros/1/changes', 'ANY /macros/{proxy+}'],
    ['GET', '/macros/', 'ANY /macros/{proxy+}'],
    ['GET', '/api/v1/macros/1', 'ANY /api/v1/macros/{proxy+}'],
  ])('has %s %s', async (method, path, routeKey) => {
    const { call } = await anApi(prefixes, echo);

    expect(await routeOf(await call(path, { method }))).toBe(routeKey);
  });

  it.each(['/macrosaurus', '/api/v1/macros', '/api/v2/macros/1', '/'])(
    'has nothing of %s',
    async (path) => {
      const { call } = await anApi(prefixes, echo);

      expect((await call(path)).status).toBe(404);
    },
  );

  it('leaves a path to a route of its own method, and one below to a more specific route', async () => {
    const { call } = await anApi([...prefixes, 'POST /macros', 'GET /macros/{id}'], echo);

    expect(await routeOf(await call('/macros', { method: 'POST' }))).toBe('POST /macros');
    expect(await routeOf(await call('/macros/1'))).toBe('GET /macros/{id}');
    expect(await routeOf(await call('/macros/1', { method: 'PUT' }))).toBe('ANY /macros/{proxy+}');
  });
});

describe('a preflight request of a web page', () => {
  const cors = { AllowOrigins: ['*'], AllowMethods: ['GET', 'PATCH'], AllowHeaders: ['if-match'] };
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'PATCH' },
  };
  const noBody = 'return { statusCode: 204 };';

  it('is answered by the API itself where no route takes it', async () => {
    const { call } = await anApi(['GET /macros'], echo, { cors });

    const response = await call('/macros', preflight);

    expect([response.status, response.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET,PATCH',
    ]);
  });

  it('is refused by the authorizer of a route for any method', async () => {
    const { call } = await anApi(['ANY /macros'], noBody, {
      cors,
      authorized: ['ANY /macros'],
    });

    expect((await call('/macros', preflight)).status).toBe(401);
  });

  it('is answered by a route of its own beside that one, with the headers of the API', async () => {
    const { call } = await anApi(['ANY /macros', 'OPTIONS /macros'], noBody, {
      cors,
      authorized: ['ANY /macros'],
    });

    const response = await call('/macros', preflight);

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe('if-match');
  });
});
