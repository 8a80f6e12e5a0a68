import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { streamSSE } from 'hono/streaming';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { headerOf, httpApp } from '../../../lambdas/shared/http/problem.ts';
import { httpStream } from '../../../lambdas/shared/http/stream.ts';
import { aContext } from '../../whatsapp-replies/invoking.ts';

const nothing = z.object({});

let begun: unknown[];

beforeEach(() => {
  begun = [];
  const from = (stream: Writable, metadata: unknown) => {
    begun.push(metadata);
    return stream;
  };
  vi.stubGlobal('awslambda', {
    streamifyResponse: <T>(handler: T) => handler,
    HttpResponseStream: { from },
  });
});

afterEach(() => vi.unstubAllGlobals());

const anEvent = (parts: Partial<APIGatewayProxyEvent>) =>
  ({
    httpMethod: 'GET',
    path: '/',
    headers: {},
    multiValueHeaders: {},
    body: null,
    isBase64Encoded: false,
    requestContext: { domainName: 'streaming.example' },
    ...parts,
  }) as APIGatewayProxyEvent;

async function send(parts: Partial<APIGatewayProxyEvent>) {
  const handler = httpStream('test', nothing, ({ log }) => {
    const app = httpApp(log);
    app.get('/events', (c) =>
      streamSSE(c, async (stream) => {
        await stream.writeSSE({ id: '1', data: 'one' });
        await stream.writeSSE({ id: '2', data: 'two' });
      }),
    );
    app.get('/lost', () => {
      throw new Error('lost');
    });
    app.get('/last', (c) => c.text(headerOf(c, 'last-event-id') ?? 'none'));
    app.get('/nothing', (c) => c.body(null, 204));
    app.post('/words', async (c) => c.text(await c.req.text()));
    return app;
  });
  const stream = new PassThrough();
  const read = text(stream);
  await handler(anEvent(parts), stream as unknown as awslambda.HttpResponseStream, aContext());
  return { body: await read, begun: begun.at(-1) };
}

describe('a function that streams', () => {
  it('sends events, which pages of every origin may read', async () => {
    const sent = await send({ path: '/events' });

    expect(sent.body).toBe('data: one\nid: 1\n\ndata: two\nid: 2\n\n');
    expect(sent.begun).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': expect.stringContaining('x-turn-id'),
      },
    });
  });

  it('answers an error as a problem, which pages may read too', async () => {
    const sent = await send({ path: '/lost' });

    expect(sent.begun).toMatchObject({
      statusCode: 503,
      headers: { 'access-control-allow-origin': '*' },
    });
    expect(JSON.parse(sent.body)).toMatchObject({ type: 'urn:replies-engine:error:unavailable' });
  });

  it('has the body of a request, and none of a GET', async () => {
    const body = Buffer.from('words').toString('base64');

    expect(
      await send({ httpMethod: 'POST', path: '/words', body, isBase64Encoded: true }),
    ).toMatchObject({ body: 'words' });
    expect(await send({ path: '/nothing', body: 'words' })).toMatchObject({
      body: '',
      begun: { statusCode: 204 },
    });
  });

  it('reads headers however their names were sent', async () => {
    expect(await send({ path: '/last', headers: { 'Last-Event-ID': '7' } })).toMatchObject({
      body: '7',
    });
    expect(await send({ path: '/last', headers: { 'Last-Event-ID': '' } })).toMatchObject({
      body: '',
    });
  });
});
