import { Hono } from 'hono';
import twilio from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import type { SimulatorEnv } from '../../../../local/simulators/faults.ts';
import { type RunningServer, serveLocally } from '../../../../local/simulators/server.ts';
import {
  startTwilioSimulator,
  type TwilioSimulatorOptions,
} from '../../../../local/simulators/twilio/simulator.ts';

export const accountSid = `AC${'1'.repeat(32)}`;
export const authToken = 'a-token-for-tests';
export const customer = 'whatsapp:+15551230001';
export const business = 'whatsapp:+14155238886';
export const publicUrl = 'https://replies.example/whatsapp/inbound?tenant=acme';
export const callbackUrl = "https://replies.example/whatsapp/status?reply=r%201&note=it's~ok";

interface Posted {
  /** Path and query to the letter, as they came over the wire. */
  url: string;
  form: Record<string, string>;
  signature: string;
}

export interface Business extends RunningServer {
  readonly posts: Posted[];
}

/** The receiving end of webhooks: remembers what is posted, and answers an empty TwiML. */
export async function startBusiness(
  respond: () => Response | Promise<Response> = () => new Response('<Response/>'),
): Promise<Business> {
  const posts: Posted[] = [];
  const app = new Hono<SimulatorEnv>().post('/*', async (c) => {
    const form = Object.fromEntries(new URLSearchParams(await c.req.text()));
    const signature = c.req.header('x-twilio-signature') ?? '';
    posts.push({ url: c.env.incoming.url ?? '', form, signature });
    return respond();
  });
  // As a business's server in the net does, it serves its public host.
  return { posts, ...(await serveLocally(app, 0, () => undefined)) };
}

/** A simulator whose public URLs lead to the given business, with callbacks every 2 ms. */
export function aSimulator(to: RunningServer, options: Partial<TwilioSimulatorOptions> = {}) {
  return startTwilioSimulator({
    accountSid,
    authToken,
    webhookUrl: () => publicUrl,
    postTo: () => to.url,
    deliveryMs: 2,
    ...options,
  });
}

class RedirectedClient extends RequestClient {
  readonly #origin: string;

  constructor(origin: string) {
    super();
    this.#origin = origin;
  }

  override request<T>(options: RequestClient.RequestOptions<T>) {
    const { pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: this.#origin + pathname + search });
  }
}

/** The stock client, with nothing changed but where its requests go. */
export const stockClient = (simulator: RunningServer, token = authToken) =>
  twilio(accountSid, token, { httpClient: new RedirectedClient(simulator.url) });
