import { styleText } from 'node:util';
import type { CustomerEvent } from '../simulators/twilio/events.ts';

type Stage = 'not sent' | 'sent' | 'delivered' | 'read';

/** The state of the customer's last message; a business that types or replies has read it. */
export class Progress {
  readonly #stream: NodeJS.WritableStream;
  #sid = '';
  #stage: Stage = 'not sent';
  #typing = false;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  /** Whether the event changed what is shown. */
  see(event: CustomerEvent): boolean {
    const before = this.text;
    this.#take(event);
    return this.text !== before;
  }

  #take(event: CustomerEvent): void {
    switch (event.kind) {
      case 'wrote':
        this.#sid = event.sid;
        this.#stage = 'sent';
        this.#typing = false;
        return;
      case 'typing':
      case 'message':
        this.#stage = 'read';
        this.#typing = event.kind === 'typing';
        return;
      case 'status':
        if (event.sid !== this.#sid || this.#stage !== 'sent') return;
        if (event.status === 'delivered') this.#stage = 'delivered';
        return;
      default:
        event satisfies never;
    }
  }

  /** ✓ sent, ✓✓ delivered, blue ✓✓ read; empty before anything was sent. */
  get text(): string {
    if (this.#stage === 'not sent') return '';
    const ticks = this.#stage === 'sent' ? '✓' : '✓✓';
    // Colour only on a terminal that supports it, and unless NO_COLOR is set.
    const seen =
      this.#stage === 'read' ? styleText('blue', ticks, { stream: this.#stream }) : ticks;
    return `${seen} ${this.#typing ? 'typing…' : this.#stage}`;
  }
}
