import { EventEmitter, once } from 'node:events';
import type { Documents } from '../documents.ts';
import type { MessageStatus } from './records.ts';

/**
 * What a customer's phone would show. `wrote` is the customer's own message, whose `status` is
 * `delivered` or `failed` by the webhook's answer. `message` is one of the business that has reached
 * the phone; its `status` is Twilio's.
 */
export type Happening =
  | { kind: 'wrote'; sid: string; to: string; body: string; numMedia: number }
  | { kind: 'typing'; sid: string }
  | {
      kind: 'message';
      sid: string;
      from: string;
      body: string;
      mediaUrls: string[];
      contentSid?: string;
      contentVariables?: string;
    }
  | { kind: 'status'; sid: string; status: MessageStatus | 'failed'; errorCode?: number };

/** `n` counts the events of one customer from 1; `at` is epoch milliseconds. */
export type CustomerEvent = Happening & { n: number; at: number };

/** Gets each event as it happens. */
export type EventWatcher = (customer: string, event: CustomerEvent) => void;

/** The events of each customer in order: those after a number, or the next one. */
export class EventLog {
  readonly #documents: Documents;
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  readonly #news = new EventEmitter().setMaxListeners(0);
  readonly #watch: EventWatcher | undefined;

  constructor(documents: Documents, now: () => number, watch?: EventWatcher) {
    this.#documents = documents;
    this.#now = now;
    this.#watch = watch;
  }

  add(customer: string, happening: Happening): CustomerEvent {
    const last = this.#counts.get(customer) ?? this.after(customer, 0).length;
    const event = { ...happening, n: last + 1, at: this.#now() };
    this.#counts.set(customer, event.n);
    this.#documents.put('events', `${customer} ${event.n}`, event, customer);
    this.#news.emit(customer);
    this.#watch?.(customer, event);
    return event;
  }

  after(customer: string, n: number): CustomerEvent[] {
    return this.#documents.list<CustomerEvent>('events', customer).filter((event) => event.n > n);
  }

  /** Like `after`, but when there is none yet it waits for one until the signal is aborted. */
  async waitAfter(customer: string, n: number, signal: AbortSignal): Promise<CustomerEvent[]> {
    const events = this.after(customer, n);
    if (events.length > 0 || signal.aborted) return events;
    const came = await once(this.#news, customer, { signal }).catch(() => undefined);
    return came ? this.after(customer, n) : [];
  }
}
