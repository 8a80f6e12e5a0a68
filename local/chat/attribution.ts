import type { CustomerEvent } from '../simulators/twilio/events.ts';

/**
 * Tells the reply to one message from those to earlier ones, which may still be on their way: a reply
 * belongs to the message for which the business has typed last, until it has been quiet for a while.
 */
export class Attribution {
  readonly #ours: Set<string>;
  readonly #quietMs: number;
  #written = false;
  #typesForEarlier = false;
  #earlierHeardAt = Number.POSITIVE_INFINITY;

  constructor(sid: string, quietMs: number) {
    this.#ours = new Set([sid]);
    this.#quietMs = quietMs;
  }

  /** To be called with each event of the customer, from the first on; false for one that belongs to an earlier message. */
  isOurs(event: CustomerEvent): boolean {
    switch (event.kind) {
      case 'wrote':
        this.#written ||= this.#ours.has(event.sid);
        // A later message may be answered together with ours.
        if (this.#written) this.#ours.add(event.sid);
        return this.#written;
      case 'typing':
        this.#typesForEarlier = !this.#ours.has(event.sid);
        this.#earlierHeardAt = Number.POSITIVE_INFINITY;
        return !this.#typesForEarlier;
      case 'message':
        return this.#isOurReply(event.at);
      case 'status':
        return this.#ours.has(event.sid);
      default:
        return event satisfies never;
    }
  }

  #isOurReply(at: number): boolean {
    if (this.#typesForEarlier && at - this.#earlierHeardAt <= this.#quietMs) {
      this.#earlierHeardAt = at;
      return false;
    }
    return this.#written;
  }
}
