import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CachedSecret } from '../../../lambdas/vendors/aws/secrets.ts';
import { openAiSource, parseOpenAiKey } from '../../../lambdas/vendors/openai/client.ts';
import { openAiFault } from '../../../lambdas/vendors/openai/errors.ts';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { withoutPauses } from '../../support/reply-openai.ts';
import { aSecret } from '../../support/reply-secret.ts';

/** A server that lets one key in, and remembers what it was shown. */
async function aServer(goodKey: string) {
  const shown: string[] = [];
  const app = new Hono<SimulatorEnv>().get('/v1/models', (c) => {
    const key = c.req.header('authorization') ?? '';
    shown.push(key);
    const list = { object: 'list', data: [] };
    return key === `Bearer ${goodKey}` ? c.json(list) : c.json({ error: { message: 'No.' } }, 401);
  });
  const server = await serveLocally(app);
  onTestFinished(() => server.close());
  return { shown, baseUrl: `${server.url}/v1` };
}

describe('OpenAI client', () => {
  it('is the same one as long as the key is', async () => {
    const source = openAiSource(aSecret('sk-1'), 'http://127.0.0.1/v1');

    expect(await source()).toBe(await source());
  });

  it('is a new one, with the new key, once the old one was refused', async () => {
    const { shown, baseUrl } = await aServer('sk-2');
    const source = openAiSource(aSecret('sk-1', 'sk-2'), baseUrl);

    const refused = (await source()).models.list();
    await expect(refused).rejects.toMatchObject({ status: 401 });
    const list = await (await source()).models.list();

    expect(list.data).toEqual([]);
    expect(shown).toEqual(['Bearer sk-1', 'Bearer sk-2']);
  });

  it('tells of the refusal even when the key cannot be fetched again', async () => {
    const { baseUrl } = await aServer('sk-2');
    const key: CachedSecret<string> = {
      get: async () => 'sk-1',
      refresh: () => Promise.reject(new Error('No access.')),
    };

    const refused = (await openAiSource(key, baseUrl)()).models.list();

    await expect(refused).rejects.toMatchObject({ status: 401 });
  });
});

describe('a server that does not answer', () => {
  it.each([
    ['at all', () => new Promise<Response>(() => {})],
    ['to the end', () => new Response(new ReadableStream({ start() {} }))],
  ])('%s is called once within the limit of a call', async (_what, answer) => {
    let calls = 0;
    const app = new Hono<SimulatorEnv>().all('/*', () => {
      calls += 1;
      return answer();
    });
    const server = await serveLocally(app);
    onTestFinished(() => server.close());
    const client = await openAiSource(aSecret('sk-1'), `${server.url}/v1`, 200)();

    const error = await client.models.list().catch((thrown: unknown) => thrown);

    expect(openAiFault(error, 'list')).toMatchObject({ next: 'retry', code: 'openai_unreachable' });
    expect(calls).toBe(1);
  });

  it('is called again where it failed at once', async () => {
    let calls = 0;
    const app = new Hono<SimulatorEnv>().all('/*', (c) => {
      calls += 1;
      return calls < 3 ? c.json({}, 500) : c.json({ object: 'list', data: [] });
    });
    const server = await serveLocally(app);
    onTestFinished(() => server.close());
    const client = await withoutPauses(openAiSource(aSecret('sk-1'), `${server.url}/v1`))();

    expect((await client.models.list()).data).toEqual([]);
    expect(calls).toBe(3);
  });
});

describe('an answer that is not of the API', () => {
  const clientOf = async (answer: () => Response) => {
    const app = new Hono<SimulatorEnv>().all('/*', answer);
    const server = await serveLocally(app);
    onTestFinished(() => server.close());
    const client = await openAiSource(aSecret('sk-1'), `${server.url}/v1`)();
    return client.withOptions({ maxRetries: 0 });
  };
  const page = (status: number) =>
    new Response('<html>', { status, headers: { 'content-type': 'text/html' } });

  it.each([
    ['a page', () => page(200)],
    ['a page in the place of a refusal', () => page(400)],
    [
      'the text of a gateway without a route',
      () => new Response('404 page not found', { status: 404 }),
    ],
    ['its JSON', () => Response.json({ message: 'no Route matched' }, { status: 404 })],
    ['half of its JSON', () => new Response('{"object":"li')],
    ['nothing', () => new Response('', { headers: { 'content-type': 'application/json' } })],
    ['a list of its own', () => Response.json([])],
  ])('is a connection that broke: %s', async (_what, answer) => {
    const client = await clientOf(answer);

    await expect(client.models.list()).rejects.toMatchObject({
      cause: { name: 'UnreadableAnswer' },
    });
  });

  it.each([401, 413, 429, 500])('keeps its status %i, which says enough', async (status) => {
    const client = await clientOf(() => page(status));

    await expect(client.models.list()).rejects.toMatchObject({ status });
  });

  it.each([{ error: { message: 'No such run.' } }, { object: 'error', message: 'No such run.' }])(
    'is no page where it says that something is not there: %j',
    async (body) => {
      const client = await clientOf(() => Response.json(body, { status: 404 }));

      await expect(client.models.list()).rejects.toMatchObject({ status: 404 });
    },
  );

  it.each([{ output: null }, {}])(
    'may be a response that has no output yet: %j',
    async (output) => {
      const response = { id: 'resp_1', object: 'response', status: 'queued', ...output };
      const client = await clientOf(() => Response.json(response));

      await expect(client.responses.retrieve('resp_1')).resolves.toMatchObject({
        status: 'queued',
      });
    },
  );

  it('is read where its JSON says that it is plain text', async () => {
    const client = await clientOf(() => new Response('{"object":"list","data":[]}'));

    expect((await client.models.list()).data).toEqual([]);
  });

  it('may have no body where its status says so', async () => {
    const client = await clientOf(() => new Response(null, { status: 204 }));

    await expect(client.delete('/models/x')).resolves.toBeNull();
  });
});

describe("secret of OpenAI's key", () => {
  it.each([
    ['sk-1', 'sk-1'],
    [' sk-1\n', 'sk-1'],
    ['{"openai_api_key":"sk-1","other":7}', 'sk-1'],
  ])('is a key alone or an object that holds it', (stored, key) => {
    expect(parseOpenAiKey(stored)).toBe(key);
  });

  it.each(['{"api_key":"sk-secret"}', '{"openai_api_key":""}', '{"openai_api_key":"sk-secret"'])(
    'says what is missing, and never what it holds',
    (stored) => {
      expect(() => parseOpenAiKey(stored)).toThrow(/openai_api_key/);
      expect(() => parseOpenAiKey(stored)).not.toThrow(/sk-secret/);
    },
  );
});
