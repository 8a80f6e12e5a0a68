import { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { twilioMessenger } from '../../lambdas/whatsapp-replies/vendors/twilio-messenger.ts';
import type { Effect, SimulatorEnv } from '../../local/simulators/faults.ts';
import { serveLocally } from '../../local/simulators/server.ts';
import { startTwilioSimulator } from '../../local/simulators/twilio/simulator.ts';
import { virtualClock } from './clock.ts';
import { recordedLog } from './log.ts';
import { business, customer } from './reply-builders.ts';
import { aSecret, type FakeSecret } from './reply-secret.ts';

export const accountSid = `AC${'1'.repeat(32)}`;
export const authToken = 'a-token-for-tests';

/** Time and room for any picture. */
export const unbounded = { timeoutMs: 10_000, hold: () => true };

export const aLink = (url = '', content_type = 'image/png') => ({ url, content_type });

type Credentials = { accountSid: string; authToken: string };

export const messengerAt = (
  baseUrl: string,
  credentials: FakeSecret<Credentials> = aSecret({ accountSid, authToken }),
  more: { sendTimeoutMs?: number } = {},
) => {
  const log = recordedLog();
  const options = { credentials, baseUrl, log, clock: virtualClock(), ...more };
  return { log, messenger: twilioMessenger(options) };
};

/** The messenger with a server of one's own in Twilio's place. */
export async function inPlaceOfTwilio(
  answer: (request: Request) => Response | Promise<Response>,
  more: { sendTimeoutMs?: number } = {},
) {
  const app = new Hono<SimulatorEnv>().all('/*', (c) => answer(c.req.raw));
  const server = await serveLocally(app, 0, () => undefined);
  onTestFinished(() => server.close());
  const picture = `${server.url}/2010-04-01/Accounts/${accountSid}/Messages/MM1/Media/ME1`;
  return { ...messengerAt(server.url, undefined, more), url: server.url, picture };
}

/** The messenger with a simulated Twilio behind it, whose customer has just written. */
export async function connected(credentials?: FakeSecret<Credentials>) {
  const clock = virtualClock();
  const mediaUrls: string[] = [];
  const inbound = new Hono<SimulatorEnv>().post('/*', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    for (const [name, url] of form) if (/^MediaUrl\d+$/.test(name)) mediaUrls.push(url);
    return c.text('<Response/>');
  });
  const receiver = await serveLocally(inbound, 0, () => undefined);
  const twilio = await startTwilioSimulator({
    accountSid,
    authToken,
    webhookUrl: () => 'https://replies.example/inbound',
    postTo: () => receiver.url,
    deliveryMs: 1,
    now: clock.now,
  });
  onTestFinished(async () => {
    await twilio.close();
    await receiver.close();
  });
  const writes = (more: object = {}) =>
    twilio.customerWrites({ from: customer, to: business, body: 'Where is it?', ...more });
  const { messageSid } = await writes();
  const answer = (operation: string, effect: Effect) => twilio.faults.add({ operation, effect });
  return {
    twilio,
    clock,
    writes,
    mediaUrls,
    messageSid,
    answer,
    ...messengerAt(twilio.url, credentials),
  };
}
