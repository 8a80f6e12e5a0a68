import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from './events.ts';
import { customerOf, type MessageStatus, type Records, type StoredMessage } from './records.ts';
import type { Underway } from './underway.ts';
import type { Webhooks } from './webhooks.ts';

export type CallbackOrder = 'in order' | 'shuffled' | 'doubled' | 'none';

export interface DeliveryOptions {
  accountSid: string;
  stepMs: number;
  reads: boolean;
  callbacks: CallbackOrder;
  now: () => number;
  random: () => number;
  closing: AbortSignal;
  underway: Underway;
}

/** Moves each outbound message from queued to its final status, with a status callback at every step. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #records: Records;
  readonly #events: EventLog;
  readonly #webhooks: Webhooks;

  constructor(options: DeliveryOptions, records: Records, events: EventLog, webhooks: Webhooks) {
    this.#options = options;
    this.#records = records;
    this.#events = events;
    this.#webhooks = webhooks;
  }

  start(message: StoredMessage): void {
    this.#follow(this.#walk(message, ['queued', ...this.#stepsAfter(message)]));
  }

  /** Continues the messages that an earlier process left undelivered. */
  resume(): void {
    for (const message of this.#records.messages()) {
      const steps = this.#stepsAfter(message);
      if (message.direction === 'outbound-api' && steps.length > 0) {
        this.#follow(this.#walk(message, steps));
      }
    }
  }

  #follow(walk: Promise<void>): void {
    const { closing, underway } = this.#options;
    const ended = walk.catch((error) => {
      if (!closing.aborted) throw error;
    });
    void underway.add(ended);
  }

  #stepsAfter(message: StoredMessage): MessageStatus[] {
    const delivered: MessageStatus[] = this.#options.reads
      ? ['queued', 'sent', 'delivered', 'read']
      : ['queued', 'sent', 'delivered'];
    const path: MessageStatus[] = message.refusal ? ['queued', 'undelivered'] : delivered;
    const reached = path.indexOf(message.status);
    return reached < 0 ? [] : path.slice(reached + 1);
  }

  async #walk({ sid }: StoredMessage, steps: MessageStatus[]): Promise<void> {
    const { stepMs, callbacks, closing } = this.#options;
    const reached: StoredMessage[] = [];
    let posted = Promise.resolve();
    for (const status of steps) {
      if (status !== 'queued') await sleep(stepMs, undefined, { signal: closing });
      const message = this.#advance(sid, status);
      reached.push(message);
      if (callbacks !== 'shuffled') posted = posted.then(() => this.#callBack(message));
    }
    await posted;
    if (callbacks !== 'shuffled') return;
    for (const message of shuffled(reached, this.#options.random)) await this.#callBack(message);
  }

  #advance(sid: string, status: MessageStatus): StoredMessage {
    const before = this.#records.message(sid);
    if (!before) throw new Error(`Message ${sid} is not in the records`);
    const now = this.#options.now();
    const message = { ...before, status, updated_at: now };
    if (status === 'sent') message.sent_at = now;
    if (status === 'undelivered') message.error_code = before.refusal;
    this.#records.save(message);
    this.#show(message);
    return message;
  }

  #show(message: StoredMessage): void {
    const { sid, status, error_code, from, body, media_urls: mediaUrls } = message;
    const customer = customerOf(message);
    if (status === 'delivered') {
      const contentSid = message.content_sid ?? undefined;
      const contentVariables = message.content_variables ?? undefined;
      const template = { contentSid, contentVariables };
      this.#events.add(customer, { kind: 'message', sid, from, body, mediaUrls, ...template });
    }
    const errorCode = error_code ?? undefined;
    this.#events.add(customer, { kind: 'status', sid, status, errorCode });
  }

  async #callBack(message: StoredMessage): Promise<void> {
    const { callbacks, accountSid, closing } = this.#options;
    if (!message.status_callback || callbacks === 'none') return;
    const form = callbackForm(accountSid, message);
    for (let times = callbacks === 'doubled' ? 2 : 1; times > 0; times -= 1) {
      if (!closing.aborted) await this.#webhooks.post(message.status_callback, form);
    }
  }
}

function callbackForm(accountSid: string, message: StoredMessage): Record<string, string> {
  const { sid, status, from, to, error_code } = message;
  return {
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    AccountSid: accountSid,
    From: from,
    To: to,
    ApiVersion: '2010-04-01',
    ChannelPrefix: 'whatsapp',
    ChannelToAddress: to.replace('whatsapp:', ''),
    ...(status === 'delivered' || status === 'read' ? { EventType: status.toUpperCase() } : {}),
    ...(error_code ? { ErrorCode: String(error_code) } : {}),
  };
}

/** Shuffles into another order than the given one, if there is another. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(Math.floor(random() * left.length), 1));
  return mixed.every((item, i) => item === items[i]) ? mixed.reverse() : mixed;
}
