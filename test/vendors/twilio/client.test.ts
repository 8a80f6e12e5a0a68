import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  TwilioBusy,
  type TwilioResources,
  twilioResources,
} from '../../../lambdas/vendors/twilio/client.ts';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { accountSid, authToken, stockClient } from '../../local/simulators/twilio/business.ts';

interface Recorded {
  method: string;
  path: string;
  query: string[];
  form: string[];
  headers: Record<string, string | undefined>;
}

const compared = ['authorization', 'content-type', 'accept', 'accept-charset'];
const sortedPairs = (params: URLSearchParams) => [...params].map((pair) => pair.join('=')).sort();

const aMessage = { sid: 'SM1', status: 'queued', date_created: 'Mon, 02 Nov 2026 09:00:00 +0000' };

/** Twilio's end of the wire: remembers each request, and answers with what it is told to. */
async function aRecorder(respond: (path: string) => Response = () => Response.json(aMessage)) {
  const requests: Recorded[] = [];
  const app = new Hono<SimulatorEnv>().all('/*', async (c) => {
    const url = new URL(c.req.url);
    requests.push({
      method: c.req.method,
      path: url.pathname,
      query: sortedPairs(url.searchParams),
      form: sortedPairs(new URLSearchParams(await c.req.text())),
      headers: Object.fromEntries(compared.map((name) => [name, c.req.header(name)])),
    });
    return respond(url.pathname + url.search);
  });
  const server = await serveLocally(app);
  onTestFinished(() => server.close());
  const small = twilioResources(
    { accountSid, authToken },
    { baseUrl: server.url, timeoutMs: 5_000 },
  );
  const stock = stockClient(server);
  const whole: TwilioResources = {
    messages: stock.messages,
    typingIndicator: stock.messaging.v2.typingIndicator,
  };
  /** The requests that the whole client makes for a call, and those that the small one makes. */
  const both = async (call: (resources: TwilioResources) => Promise<unknown>) => {
    await call(whole);
    const expected = requests.splice(0);
    await call(small);
    return { expected, actual: requests.splice(0) };
  };
  return { small, both };
}

const outbound = {
  from: 'whatsapp:+14155238886',
  to: 'whatsapp:+15551230001',
  body: 'Größe & “Preis” = 5 €?\n*fett* 👋🏽 100%+1',
  statusCallback: 'https://replies.example/status?reply=a%2Bb&c=d',
};

describe('small Twilio client', () => {
  it('creates a message by the same request as the whole client', async () => {
    const { both } = await aRecorder();

    const { expected, actual } = await both(({ messages }) => messages.create(outbound));

    expect(actual).toEqual(expected);
    expect(actual).toMatchObject([
      { method: 'POST', path: `/2010-04-01/Accounts/${accountSid}/Messages.json` },
    ]);
  });

  it('sends lists and further fields the same way', async () => {
    const { both } = await aRecorder();
    const mediaUrl = ['https://replies.example/1?a=b&c', 'https://replies.example/2'];

    const { expected, actual } = await both(({ messages }) =>
      messages.create({ ...outbound, mediaUrl, persistentAction: [], sendAsMms: false }),
    );

    expect(actual).toEqual(expected);
  });

  it('lists messages with filters by the same request', async () => {
    const page = { messages: [aMessage], next_page_uri: null };
    const { both } = await aRecorder(() => Response.json(page));
    const dateSentAfter = new Date('2026-11-02T09:00:00.000Z');
    const { to, from } = outbound;

    const { expected, actual } = await both(async ({ messages }) => {
      await messages.list({ to, from, limit: 50 });
      await messages.list({ to, from, dateSentAfter, limit: 5, pageSize: 5 });
    });

    expect(actual).toEqual(expected);
    expect(actual).toHaveLength(2);
  });

  it('shows that somebody types by the same request', async () => {
    const { both } = await aRecorder(() => Response.json({ success: true }));

    const { expected, actual } = await both(({ typingIndicator }) =>
      typingIndicator.create({ messageId: 'SM1', channel: 'whatsapp' }),
    );

    expect(actual).toEqual(expected);
    expect(actual).toMatchObject([{ method: 'POST', path: '/v2/Indicators/Typing.json' }]);
  });

  it('reads the same answers and the same refusals', async () => {
    const refusal = { code: 21211, message: 'Invalid', status: 400, more_info: 'https://x' };
    const { small } = await aRecorder((path) =>
      path.includes('2010') ? Response.json(refusal, { status: 400 }) : Response.json({}),
    );

    const refused = small.messages.create(outbound);

    await expect(refused).rejects.toMatchObject({ status: 400, code: 21211 });
  });

  it.each([
    ['7', 7],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    [undefined, undefined],
  ])('tells from a 429 with Retry-After %s to wait %s seconds', async (header, seconds) => {
    const headers = header === undefined ? undefined : { 'retry-after': header };
    const { small } = await aRecorder(
      () => new Response('{"code":20429}', { status: 429, ...(headers && { headers }) }),
    );

    const failure = await small.messages.create(outbound).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(TwilioBusy);
    expect(failure).toHaveProperty('retryAfterSeconds', seconds);
  });
});
