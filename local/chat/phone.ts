import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sanitizeForTerminal } from '../sanitize-for-terminal.ts';
import type { WebhookAnswer } from '../simulators/twilio/customers.ts';
import type { CustomerEvent } from '../simulators/twilio/events.ts';

export interface Outgoing {
  body: string;
  imagePath?: string;
  /** More fields of the webhook. */
  extra?: Record<string, string>;
}

/** The simulator does not answer, or not as it should. */
export class PhoneOffline extends Error {}

/** A customer's phone: writes to the business, and sees what happens. */
export class Phone {
  readonly #customer: string;
  readonly #to: string;

  constructor(twilioUrl: string, from: string, to: string) {
    this.#customer = `${twilioUrl}/_sim/customers/${encodeURIComponent(`whatsapp:${from}`)}`;
    this.#to = `whatsapp:${to}`;
  }

  /** Resolves with the answer of the business's webhook. */
  async write({ body, imagePath, extra }: Outgoing): Promise<WebhookAnswer> {
    const media = imagePath === undefined ? undefined : [fileToSend(imagePath)];
    const answer = await this.#call('/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: this.#to, body, media, extra }),
    });
    return answer as WebhookAnswer;
  }

  /** What happened after event number `after`; waits up to `waitMs` for something to happen. */
  async events(after: number, waitMs: number, signal?: AbortSignal): Promise<CustomerEvent[]> {
    const wait = Math.min(Math.max(waitMs / 1000, 0), 30);
    const answer = await this.#call(`/events?after=${after}&wait=${wait}`, { signal });
    return (answer as { events: CustomerEvent[] }).events;
  }

  async #call(url: string, init: RequestInit): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(this.#customer + url, init);
    } catch (cause) {
      throw new PhoneOffline('The simulated Twilio does not answer', { cause });
    }
    if (!response.ok) {
      const reason = sanitizeForTerminal((await response.text()).slice(0, 300));
      throw new Error(`The simulated Twilio refused with ${response.status}: ${reason}`);
    }
    return response.json();
  }
}

const contentTypes: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};

function fileToSend(file: string): { contentType: string; bytes: string } {
  const contentType = contentTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
  return { contentType, bytes: readFileSync(file).toString('base64') };
}
