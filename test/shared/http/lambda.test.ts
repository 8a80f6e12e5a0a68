import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { http } from '../../../lambdas/shared/http/lambda.ts';
import { headerOf, httpApp } from '../../../lambdas/shared/http/problem.ts';
import { aContext } from '../../whatsapp-replies/invoking.ts';

const nothing = z.object({});

async function send(method: string, parts: Partial<APIGatewayProxyEventV2> = {}) {
  const handler = http('test', nothing, ({ log }) => {
    const app = httpApp(log);
    app.all('/', async (c) =>
      c.json({ body: await c.req.text(), condition: headerOf(c, 'if-match') ?? null }),
    );
    return app;
  });
  const requestContext = { http: { method }, domainName: 'api.example' };
  const event = { rawPath: '/', rawQueryString: '', headers: {}, requestContext, ...parts };
  const result = await handler(event as unknown as APIGatewayProxyEventV2, aContext());
  const { statusCode, body } = result as unknown as APIGatewayProxyStructuredResultV2;
  return { statusCode, ...(JSON.parse(body ?? '') as { body: string; condition: string | null }) };
}

describe('a request to a function of HTTP', () => {
  it('has its body', async () => {
    const body = Buffer.from('words').toString('base64');

    expect(await send('POST', { body, isBase64Encoded: true })).toMatchObject({ body: 'words' });
  });

  it('of the method GET is answered as if it had none', async () => {
    const answer = await send('GET', { body: 'words', headers: { 'content-length': '5' } });

    expect(answer).toMatchObject({ statusCode: 200, body: '' });
  });

  it('shows a header that is empty, and not one that is missing', async () => {
    expect(await send('GET', { headers: { 'if-match': '' } })).toMatchObject({ condition: '' });
    expect(await send('GET')).toMatchObject({ condition: null });
  });
});
