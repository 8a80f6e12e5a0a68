import type { EventLog } from './events.ts';
import { type CustomerMessage, inboundForm, type MediaLink } from './inbound-form.ts';
import { newSid, type Records } from './records.ts';
import type { Underway } from './underway.ts';
import type { Answer, Webhooks } from './webhooks.ts';

/** `n` is the number of the event `wrote`, or of the last event; later events have higher numbers. */
export interface WebhookAnswer extends Answer {
  messageSid: string;
  n: number;
}

export interface CustomersOptions {
  accountSid: string;
  webhookUrl: () => string;
  origin: () => string;
  now: () => number;
  underway: Underway;
}

/** The customers: records what they send and posts it to the business's webhook. */
export class Customers {
  readonly #options: CustomersOptions;
  readonly #records: Records;
  readonly #events: EventLog;
  readonly #webhooks: Webhooks;

  constructor(options: CustomersOptions, records: Records, events: EventLog, webhooks: Webhooks) {
    this.#options = options;
    this.#records = records;
    this.#events = events;
    this.#webhooks = webhooks;
  }

  write(message: CustomerMessage): Promise<WebhookAnswer> {
    return this.#options.underway.add(this.#write(message));
  }

  /** Posts the webhook of an earlier message again. */
  repeat(messageSid: string): Promise<WebhookAnswer> {
    return this.#options.underway.add(this.#repeat(messageSid));
  }

  async #write(message: CustomerMessage): Promise<WebhookAnswer> {
    const { from, to, body = '', media = [] } = message;
    const sid = message.messageSid ?? newSid(media.length > 0 ? 'MM' : 'SM');
    this.#save(sid, message);
    const form = inboundForm(this.#options.accountSid, sid, message, this.#keepMedia(sid, media));
    this.#records.saveWebhook(sid, { customer: from, form });
    const { n } = this.#events.add(from, {
      kind: 'wrote',
      sid,
      to,
      body,
      numMedia: media.length,
    });
    const answer = await this.#webhooks.post(this.#options.webhookUrl(), form);
    const status = answer.status >= 200 && answer.status < 300 ? 'delivered' : 'failed';
    this.#events.add(from, { kind: 'status', sid, status });
    return { messageSid: sid, n, ...answer };
  }

  async #repeat(messageSid: string): Promise<WebhookAnswer> {
    const webhook = this.#records.webhook(messageSid);
    if (!webhook) throw new Error(`No customer has written a message ${messageSid}`);
    const n = this.#events.after(webhook.customer, 0).length;
    const answer = await this.#webhooks.post(this.#options.webhookUrl(), webhook.form);
    return { messageSid, n, ...answer };
  }

  #save(sid: string, { from, to, body = '', media = [] }: CustomerMessage): void {
    const now = this.#options.now();
    this.#records.save({
      sid,
      direction: 'inbound',
      from,
      to,
      body,
      status: 'received',
      created_at: now,
      updated_at: now,
      sent_at: now,
      error_code: null,
      refusal: null,
      media_urls: [],
      num_media: media.length,
      status_callback: null,
      content_sid: null,
      content_variables: null,
    });
  }

  #keepMedia(messageSid: string, media: NonNullable<CustomerMessage['media']>): MediaLink[] {
    const { accountSid, origin, now } = this.#options;
    return media.map(({ contentType, bytes }) => {
      const sid = newSid('ME');
      this.#records.saveMedia({
        sid,
        message_sid: messageSid,
        content_type: contentType,
        base64: Buffer.from(bytes).toString('base64'),
        created_at: now(),
      });
      const path = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${sid}`;
      return { contentType, url: `${origin()}${path}` };
    });
  }
}
