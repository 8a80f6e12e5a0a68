import { Hono } from 'hono';
import { Documents } from '../documents.ts';
import { Faults, type SimulatorEnv } from '../faults.ts';
import { type RunningServer, serveLocally } from '../server.ts';
import { apiRoutes } from './api.ts';
import { controlRoutes } from './control.ts';
import { Customers, type WebhookAnswer } from './customers.ts';
import { type CallbackOrder, Delivery } from './delivery.ts';
import { answerError, notFound } from './errors.ts';
import { type CustomerEvent, EventLog, type EventWatcher } from './events.ts';
import type { CustomerMessage } from './inbound-form.ts';
import { cdnRoutes } from './media.ts';
import { type MessageStatus, Records } from './records.ts';
import { Underway } from './underway.ts';
import { Webhooks } from './webhooks.ts';

export interface TwilioSimulatorOptions {
  accountSid: string;
  authToken: string;
  port?: number;
  /** Where messages are stored between restarts; in memory without one. */
  file?: string;
  /** The full public URL of inbound messages, posted to and signed. */
  webhookUrl: () => string;
  /** The origin to post to instead of the public URL's; the signature is still of the public URL. */
  postTo?: (publicUrl: string) => string;
  /** Duration of each step from queued to read; 50 by default. */
  deliveryMs?: number;
  /** Whether customers read what they get; true by default. */
  reads?: boolean;
  callbacks?: CallbackOrder;
  /** Timeout of a webhook; 15 s by default, as the real one. */
  webhookTimeoutMs?: number;
  /** Gets each event on the customers' phones. */
  watch?: EventWatcher;
  now?: () => number;
  random?: () => number;
}

/** `at` is when the business's request was accepted, in epoch milliseconds. */
interface SentMessage {
  sid: string;
  from: string;
  to: string;
  body: string;
  status: MessageStatus;
  at: number;
  errorCode?: number;
  statusCallback?: string;
  contentSid?: string;
  mediaUrls: string[];
}

export interface TwilioSimulator extends RunningServer {
  readonly faults: Faults;
  /** A customer writes: posts the signed webhook and resolves with its answer, whatever it is. */
  customerWrites(message: CustomerMessage): Promise<WebhookAnswer>;
  /** Posts the webhook of an earlier message again, with the same MessageSid. */
  repeatWebhook(messageSid: string): Promise<WebhookAnswer>;
  /** The messages of the business to a customer, in order, whether they arrived or not. */
  sentTo(customer: string): SentMessage[];
  /** The events between a customer and the business, in order. */
  events(customer: string, after?: number): CustomerEvent[];
}

/** Starts Twilio's WhatsApp API on 127.0.0.1, with the customers and their phones behind it. */
export async function startTwilioSimulator(
  options: TwilioSimulatorOptions,
): Promise<TwilioSimulator> {
  const { accountSid, authToken, webhookUrl, now = Date.now } = options;
  const faults = new Faults();
  const documents = new Documents(options.file);
  const records = new Records(documents);
  const events = new EventLog(documents, now, options.watch);
  const closing = new AbortController();
  const underway = new Underway();
  const shared = { accountSid, now, underway, closing: closing.signal };
  const webhooks = new Webhooks({
    authToken,
    postTo: options.postTo,
    timeoutMs: options.webhookTimeoutMs ?? 15_000,
    closing: closing.signal,
  });
  const delivery = new Delivery(
    {
      ...shared,
      stepMs: options.deliveryMs ?? 50,
      reads: options.reads ?? true,
      callbacks: options.callbacks ?? 'in order',
      random: options.random ?? Math.random,
    },
    records,
    events,
    webhooks,
  );
  let url = '';
  const origin = () => url;
  const customers = new Customers({ ...shared, webhookUrl, origin }, records, events, webhooks);

  const app = new Hono<SimulatorEnv>().onError(answerError).notFound((c) => {
    return answerError(notFound(c.req.path), c);
  });
  const parts = { ...shared, authToken, faults, records, events, delivery, customers };
  app.route('/', apiRoutes(parts));
  app.route('/', cdnRoutes(records));
  app.route('/_sim', controlRoutes(parts));
  const server = await serveLocally(app, options.port);
  url = server.url;
  delivery.resume();

  return {
    url,
    faults,
    customerWrites: (message) => customers.write(message),
    repeatWebhook: (messageSid) => customers.repeat(messageSid),
    sentTo: (customer) => sentMessages(records, whatsapp(customer)),
    events: (customer, after = 0) => events.after(whatsapp(customer), after),
    close: async () => {
      closing.abort();
      await server.close();
      await underway.settled();
      documents.close();
    },
  };
}

const whatsapp = (number: string) =>
  number.startsWith('whatsapp:') ? number : `whatsapp:${number}`;

function sentMessages(records: Records, customer: string): SentMessage[] {
  return records
    .messagesOf(customer)
    .filter(({ direction }) => direction === 'outbound-api')
    .map((message) => ({
      sid: message.sid,
      from: message.from,
      to: message.to,
      body: message.body,
      status: message.status,
      at: message.created_at,
      errorCode: message.error_code ?? undefined,
      statusCallback: message.status_callback ?? undefined,
      contentSid: message.content_sid ?? undefined,
      mediaUrls: message.media_urls,
    }));
}
