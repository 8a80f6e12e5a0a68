import { describe, expect, it } from 'vitest';
import { anApi, echo } from './an-api.ts';

const eventOf = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('the local HTTP API', () => {
  it('is reached from this machine only', async () => {
    const { address } = await anApi([], echo);

    expect(address).toBe('127.0.0.1');
  });

  it('notes each request by its route, never by its path, and why none was there', async () => {
    const { call, requests } = await anApi(['GET /runs/{id}'], echo);
    await (await call('/runs/secret-7')).text();
    await (await call('/nothing')).text();
    await expect.poll(() => requests.length).toBe(2);

    expect(requests).toMatchObject([
      { routeKey: 'GET /runs/{id}', status: '200', requestId: expect.any(String) },
      { routeKey: '-', status: '404', 'error.message': 'Not Found' },
    ]);
    expect(JSON.stringify(requests)).not.toContain('secret-7');
  });

  it('leads requests by method and path', async () => {
    const { call } = await anApi(['GET /health', 'POST /webhooks', 'ANY /any'], echo);

    expect(await eventOf(await call('/health'))).toMatchObject({ routeKey: 'GET /health' });
    expect(await eventOf(await call('/webhooks', { method: 'POST' }))).toMatchObject({
      routeKey: 'POST /webhooks',
    });
    expect(await eventOf(await call('/any', { method: 'PATCH' }))).toMatchObject({
      routeKey: 'ANY /any',
    });
  });

  it.each(['/', '/healthy', '/health/', '/webhooks', '/health%2Fx'])(
    'answers 404 for %s, which no route has',
    async (path) => {
      const { call } = await anApi(['GET /health', 'POST /webhooks'], echo);

      const response = await call(path);

      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ message: 'Not Found' });
    },
  );

  it('takes parameters from the path', async () => {
    const { call } = await anApi(['GET /{company}/files/{file+}'], echo);

    expect(await eventOf(await call('/acme/files/a/b.txt'))).toMatchObject({
      pathParameters: { company: 'acme', file: 'a/b.txt' },
    });
    expect((await call('/acme/x/files/a')).status).toBe(404);
  });

  it('leads everything to a default route', async () => {
    const { call } = await anApi(['$default'], echo);

    expect(await eventOf(await call('/what/ever'))).toMatchObject({ routeKey: '$default' });
  });

  it('prefers the most specific route, whatever their order', async () => {
    const { call } = await anApi(['$default', 'GET /{all+}', 'GET /{one}', 'GET /health'], echo);

    const routes = await Promise.all(
      ['/health', '/other', '/other/more'].map(
        async (path) => (await eventOf(await call(path)))['routeKey'],
      ),
    );

    expect(routes).toEqual(['GET /health', 'GET /{one}', 'GET /{all+}']);
  });

  it('takes a path that begins with two slashes as it is', async () => {
    const { call } = await anApi(['GET /health'], echo);

    expect((await call('//somewhere/health')).status).toBe(404);
    expect((await call('//')).status).toBe(404);
  });

  it('decodes path parameters and lists cookies', async () => {
    const { call } = await anApi(['GET /leads/{id}'], echo);

    const event = await eventOf(await call('/leads/a%20b', { headers: { cookie: 'a=1; b=2' } }));

    expect(event).toMatchObject({ pathParameters: { id: 'a b' }, cookies: ['a=1', 'b=2'] });
  });

  it('makes events of payload 2.0', async () => {
    const { call, port } = await anApi(['POST /notes'], echo);

    const event = await eventOf(
      await call('/notes?tag=a&tag=b&q=%C3%A4%20b', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'User-Agent': 'a-test' },
        body: '{"text":"hej"}',
      }),
    );

    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /notes',
      rawPath: '/notes',
      rawQueryString: 'tag=a&tag=b&q=%C3%A4%20b',
      queryStringParameters: { tag: 'a,b', q: 'ä b' },
      headers: { 'content-type': 'application/json', host: `127.0.0.1:${port}` },
      requestContext: {
        http: { method: 'POST', path: '/notes', userAgent: 'a-test', sourceIp: '127.0.0.1' },
        routeKey: 'POST /notes',
        stage: '$default',
        requestId: expect.any(String),
        timeEpoch: expect.any(Number),
      },
      body: '{"text":"hej"}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what a request does not have', async () => {
    const { call } = await anApi(['GET /notes'], echo);

    const event = await eventOf(await call('/notes'));

    expect(Object.keys(event)).not.toContain('body');
    expect(Object.keys(event)).not.toContain('queryStringParameters');
    expect(Object.keys(event)).not.toContain('pathParameters');
    expect(event).toMatchObject({ isBase64Encoded: false, rawQueryString: '' });
  });

  it('hands forms and binary bodies over in base64', async () => {
    const { call } = await anApi(['POST /hook'], echo);
    const post = (body: URLSearchParams | Uint8Array<ArrayBuffer>, contentType?: string) =>
      call('/hook', {
        method: 'POST',
        body,
        ...(contentType && { headers: { 'content-type': contentType } }),
      });

    const form = await eventOf(await post(new URLSearchParams({ Body: 'Grüße 👋' })));
    const image = await eventOf(await post(new Uint8Array([0, 255, 128]), 'image/png'));

    expect(form).toMatchObject({
      isBase64Encoded: true,
      body: Buffer.from('Body=Gr%C3%BC%C3%9Fe+%F0%9F%91%8B').toString('base64'),
    });
    expect(image).toMatchObject({ isBase64Encoded: true, body: 'AP+A' });
  });

  it('joins a header that comes several times', async () => {
    const { call } = await anApi(['GET /notes'], echo);
    const headers: [string, string][] = [
      ['X-Tag', 'a'],
      ['X-Tag', 'b'],
    ];

    const event = await eventOf(await call('/notes', { headers }));

    expect(String((event['headers'] as Record<string, string>)['x-tag'])).toMatch(/^a, ?b$/);
  });
});

describe("a function's answer over the local HTTP API", () => {
  const answered = async (result: string) => {
    const { call } = await anApi(['GET /'], `return ${result};`);
    return call('/');
  };

  it('has its status, headers, cookies and body', async () => {
    const response = await answered(
      `{ statusCode: 201, headers: { 'content-type': 'text/xml', 'x-count': 3 },
         cookies: ['a=1; Path=/', 'b=2'], body: '<Response/>' }`,
    );

    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(await response.text()).toBe('<Response/>');
  });

  it('may be binary', async () => {
    const response = await answered(
      `{ statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'AP+A', isBase64Encoded: true }`,
    );

    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 128]);
  });

  it('is JSON where it has no status', async () => {
    const response = await answered('{ pong: true }');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ pong: true });
  });

  it('is 500 without a word about the cause when the function failed', async () => {
    const { call } = await anApi(['GET /'], `throw new Error('a secret');`);

    const response = await call('/');

    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
  });

  it('is 413 to a body of more than 10 MB, which the function never sees', async () => {
    const { call } = await anApi(['POST /'], 'return { statusCode: 204 };');
    const bodyOf = (bytes: number) => ({ method: 'POST', body: new Uint8Array(bytes) });
    const tenMegabytes = 10 * 1024 * 1024;

    expect((await call('/', bodyOf(tenMegabytes))).status).toBe(204);
    expect((await call('/', bodyOf(tenMegabytes + 1))).status).toBe(413);
  });
});
