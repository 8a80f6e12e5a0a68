import { randomBytes } from 'node:crypto';
import type { Documents } from '../documents.ts';

export type MessageStatus = 'received' | 'queued' | 'sent' | 'delivered' | 'read' | 'undelivered';

/** A message as the simulator stores it; times are epoch milliseconds. */
export interface StoredMessage {
  sid: string;
  direction: 'inbound' | 'outbound-api';
  from: string;
  to: string;
  body: string;
  status: MessageStatus;
  created_at: number;
  updated_at: number;
  /** Null until it left Twilio. */
  sent_at: number | null;
  error_code: number | null;
  /** The error code with which WhatsApp will refuse the message; set before the sender gets to know it. */
  refusal: number | null;
  media_urls: string[];
  num_media: number;
  status_callback: string | null;
  content_sid: string | null;
  content_variables: string | null;
}

export interface StoredMedia {
  sid: string;
  message_sid: string;
  content_type: string;
  base64: string;
  created_at: number;
}

/** An inbound webhook as it was posted, so that it can be posted again. */
export interface StoredWebhook {
  customer: string;
  form: Record<string, string>;
}

export const newSid = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`;

export const customerOf = (message: StoredMessage) =>
  message.direction === 'inbound' ? message.from : message.to;

const windowId = (customer: string, business: string) => `${customer} ${business}`;

/** The records of one Twilio account: messages by customer, their media, and when customers wrote. */
export class Records {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  save(message: StoredMessage): void {
    const customer = customerOf(message);
    this.#documents.put('customers', customer, customer);
    this.#documents.put('messages', message.sid, message, customer);
    if (message.direction === 'outbound-api') return;
    this.#documents.put('windows', windowId(customer, message.to), message.created_at);
  }

  message(sid: string): StoredMessage | undefined {
    return this.#documents.get('messages', sid);
  }

  /** All messages from and to one customer, oldest first. */
  messagesOf(customer: string): StoredMessage[] {
    return this.#documents.list('messages', customer);
  }

  /** All messages of the account, oldest first. */
  messages(): StoredMessage[] {
    return this.customers()
      .flatMap((customer) => this.messagesOf(customer))
      .sort((a, b) => a.created_at - b.created_at);
  }

  customers(): string[] {
    return this.#documents.list('customers');
  }

  /** When the customer last wrote to this number of the business. */
  lastWrote(customer: string, business: string): number | undefined {
    return this.#documents.get('windows', windowId(customer, business));
  }

  saveMedia(media: StoredMedia): void {
    this.#documents.put('media', media.sid, media, media.message_sid);
  }

  media(sid: string): StoredMedia | undefined {
    return this.#documents.get('media', sid);
  }

  mediaOf(messageSid: string): StoredMedia[] {
    return this.#documents.list('media', messageSid);
  }

  saveWebhook(messageSid: string, webhook: StoredWebhook): void {
    this.#documents.put('webhooks', messageSid, webhook);
  }

  webhook(messageSid: string): StoredWebhook | undefined {
    return this.#documents.get('webhooks', messageSid);
  }
}
