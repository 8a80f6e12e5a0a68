import { describe, expect, it } from 'vitest';
import { aRestApi, streaming } from './a-rest-api.ts';

const echo = streaming('begin(); stream.write(JSON.stringify(event)); stream.end();');

/** Writes one part, and waits for ever with the second one. */
const twoParts = `
  begin();
  stream.write('first ');
  await new Promise(() => setInterval(() => {}, 1e6));
  stream.end('second');`;

async function firstPart(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  return { reader, text: new TextDecoder().decode(value) };
}

describe('the local REST API', () => {
  it('hands a request over as payload 1.0, with headers named as they were sent', async () => {
    const { call } = await aRestApi(echo);

    const response = await call('/streaming/conversations/c%201/stream?a=1&a=2&b=', {
      method: 'POST',
      headers: { 'Last-Event-ID': '7', Authorization: 'Bearer x' },
      body: 'words',
    });

    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.json()).toMatchObject({
      resource: '/{proxy+}',
      path: '/streaming/conversations/c%201/stream',
      httpMethod: 'POST',
      headers: { 'Last-Event-ID': '7' },
      queryStringParameters: { a: '2', b: '' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [''] },
      pathParameters: { proxy: 'streaming/conversations/c 1/stream' },
      requestContext: { stage: 'live', path: '/live/streaming/conversations/c%201/stream' },
      body: 'words',
      isBase64Encoded: false,
    });
  });

  it('hands over a path that cannot be decoded as it is', async () => {
    const { call } = await aRestApi(echo);
    const pathParameters = { proxy: 'a/%ff' };
    expect(await (await call('/a/%ff')).json()).toMatchObject({ path: '/a/%ff', pathParameters });
  });

  it('answers nothing that is not below its stage', async () => {
    const { url } = await aRestApi(echo);

    expect((await fetch(`${url}/health`)).status).toBe(418);
    expect((await fetch(`${url}/lively/x`)).status).toBe(418);
  });

  it('answers a preflight itself, and a method that it does not have as its template says', async () => {
    const { call } = await aRestApi(echo, {
      gatewayAnswers: {
        MISSING_AUTHENTICATION_TOKEN: {
          status: 404,
          body: '{"message":"Not Found"}',
          headers: { 'access-control-allow-origin': '*' },
        },
      },
    });

    const preflight = await call('/streaming', { method: 'OPTIONS' });
    const unknown = await call('/streaming', { method: 'PUT' });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('access-control-allow-origin')).toBe('*');
    expect(await unknown.json()).toEqual({ message: 'Not Found' });
  });

  it('sends a part as soon as the function has written it', async () => {
    const { call } = await aRestApi(streaming(twoParts));

    const { text, reader } = await firstPart(await call('/slow'));

    expect(text).toBe('first ');
    await reader.cancel();
  });

  it('sends all parts in their order, however many and however slow their reader is', async () => {
    const { call } = await aRestApi(
      streaming(`
        begin();
        for (let n = 0; n < 2000; n++) {
          if (!stream.write(String(n).padStart(1000, '.'))) {
            await new Promise((resolve) => stream.once('drain', resolve));
          }
        }
        stream.end();`),
    );

    const text = await (await call('/long')).text();

    expect(text.length).toBe(2_000_000);
    expect([...text.matchAll(/\d+/g)].map(Number)).toEqual(
      Array.from({ length: 2000 }, (_, n) => n),
    );
  });

  it('notes each request by its resource, never by its path', async () => {
    const { call, requests } = await aRestApi(echo);

    await (await call('/streaming/secret-7')).text();
    await expect.poll(() => requests.length).toBe(1);

    expect(requests).toMatchObject([
      { httpMethod: 'GET', resourcePath: '/{proxy+}', status: '200' },
    ]);
    expect(JSON.stringify(requests)).not.toContain('secret-7');
  });
});

describe('a stream that does not end well', () => {
  it('is cut where its function crashes in the middle', async () => {
    const { call, target } = await aRestApi(streaming(twoParts));
    const { reader, text } = await firstPart(await call('/streaming'));

    target.crash();

    expect(text).toBe('first ');
    await expect(reader.read()).rejects.toThrow();
  });

  it('is cut where its function throws in the middle', async () => {
    const { call } = await aRestApi(
      streaming(`
        begin();
        await new Promise((resolve) => stream.write('first ', resolve));
        throw new Error('lost');`),
    );

    await expect((await call('/streaming')).text()).rejects.toThrow();
  });

  it.each([
    ['throws before it has begun', streaming(`throw new Error('lost');`)],
    ['says nothing', streaming('stream.end();')],
    [
      'begins without its status and headers',
      streaming(`stream.end('words only' + '.'.repeat(70000));`),
    ],
    ['does not stream at all', 'exports.handler = async () => ({ statusCode: 200, body: "" });'],
  ])('is 502 where its function %s', async (_, bundle) => {
    const { call, requests } = await aRestApi(bundle, {
      gatewayAnswers: { DEFAULT_5XX: { headers: { 'access-control-allow-origin': '*' } } },
    });

    const response = await call('/streaming');

    expect(response.status).toBe(502);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({ message: 'Internal server error' });
    await expect.poll(() => requests.length).toBe(1);
    expect(requests[0]).toMatchObject({ integrationErrorMessage: expect.any(String) });
  });

  it('is cut where its function is silent for too long', async () => {
    const onceWarm = `if (event.path === '/warm') { begin(); stream.end('.'); return; }${twoParts}`;
    const { call } = await aRestApi(streaming(onceWarm), { idleMs: 250 });
    await expect.poll(async () => (await call('/warm')).status).toBe(200);
    const { reader, text } = await firstPart(await call('/streaming'));

    expect(text).toBe('first ');
    await expect(reader.read()).rejects.toThrow();
  });

  it('is 504 where nothing comes in the time that the API gives', async () => {
    const { call } = await aRestApi(streaming(twoParts.replace("stream.write('first ');", '')), {
      timeoutMs: 50,
    });

    expect((await call('/streaming')).status).toBe(504);
  });

  it('is not told to its function when its client goes', async () => {
    const { call, lines } = await aRestApi(
      streaming(`
        begin();
        await new Promise((resolve) => stream.write('first ', resolve));
        for (let n = 0; n < 200; n++) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          await new Promise((resolve) => stream.write('more ', resolve));
        }
        stream.end();
        console.log('wrote it all');`),
    );
    const { reader } = await firstPart(await call('/streaming'));

    await reader.cancel();

    await expect.poll(() => lines, { timeout: 5_000 }).toContain('trial: wrote it all');
  });
});

describe('the authorizer of the local REST API', () => {
  const policy = (resource: string) => `
    console.log('asked');
    const Resource = ${resource};
    const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource }];
    const policyDocument = { Version: '2012-10-17', Statement };
    return { principalId: 'someone', policyDocument, context: { outcome: 'known', n: 1 } };`;
  const everything = `event.methodArn.split('/', 2).join('/') + '/*'`;
  const signed = { headers: { authorization: 'Bearer x' } };

  it('is not asked for a request without what it needs', async () => {
    const { call } = await aRestApi(echo, { authorizer: policy(everything) });

    const response = await call('/streaming');

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: 'Unauthorized' });
  });

  it('hands its context over beside its principal', async () => {
    const { call } = await aRestApi(echo, { authorizer: policy(everything) });

    expect(await (await call('/streaming', signed)).json()).toMatchObject({
      requestContext: { authorizer: { outcome: 'known', n: 1, principalId: 'someone' } },
    });
  });

  it('whose policy is for one method alone, refuses the others while it is kept', async () => {
    const { call } = await aRestApi(echo, { authorizer: policy('event.methodArn') });

    expect((await call('/streaming/a', signed)).status).toBe(200);
    expect((await call('/streaming/b', signed)).status).toBe(403);
  });

  it.each([
    ['fails', `throw new Error('lost');`],
    ['answers as for an HTTP API', 'return { isAuthorized: true };'],
    ['has a list in its context', policy(everything).replace('n: 1', 'n: [1]')],
  ])('that %s, is answered with 500', async (_, authorizer) => {
    const { call } = await aRestApi(echo, { authorizer });

    expect((await call('/streaming', signed)).status).toBe(500);
  });
});
