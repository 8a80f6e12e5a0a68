import type { ConversationLog } from '../../conversations/ports.ts';
import type { Clock } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import { limits } from '../limits.ts';
import { turnTaken } from './event-writer.ts';
import type { TurnStore } from './ports.ts';
import type { TurnRecord } from './turn-record.ts';

/** What becomes of a turn that is worked on. */
export type Seen = 'go' | 'stopped' | 'withheld' | 'late' | 'out_of_time';

interface WatchPorts {
  turns: TurnStore;
  conversations: Pick<ConversationLog, 'find'>;
  clock: Clock;
}

/** Keeps the lease of a turn while it is worked on, and looks whether it is to go on. */
export class Watch {
  readonly #ports: WatchPorts;
  readonly #remainingMs: () => number;
  #turn: TurnRecord;
  #lateAt = Number.POSITIVE_INFINITY;
  #lookedAt: number;
  #renewedAt: number;

  constructor(ports: WatchPorts, turn: TurnRecord, remainingMs: () => number) {
    this.#ports = ports;
    this.#turn = turn;
    this.#remainingMs = remainingMs;
    this.#lookedAt = this.#renewedAt = ports.clock.now();
  }

  get turn(): TurnRecord {
    return this.#turn;
  }

  get owner(): string {
    return this.#turn.owner;
  }

  /** From then on the model takes too long. */
  setDeadline(ms: number): void {
    this.#lateAt = ms;
  }

  async pause(ms: number): Promise<undefined> {
    await this.#ports.clock.sleep(ms);
  }

  /** Changes the turn; throws where it is in other hands. */
  async save(set: Partial<TurnRecord>, remove?: readonly (keyof TurnRecord)[]): Promise<void> {
    const saved = await this.#ports.turns.save(this.#turn, set, remove);
    if (!saved) throw this.#taken();
    this.#turn = saved;
  }

  /** Whether to go on, looked up from time to time. */
  async look(): Promise<Seen> {
    const now = this.#ports.clock.now();
    if (this.#remainingMs() < limits.reserveSeconds * 1000) return 'out_of_time';
    if (now >= this.#lateAt) return 'late';
    if (now - this.#lookedAt < limits.watchMs) return 'go';
    this.#lookedAt = now;
    if (now - this.#renewedAt >= limits.renewSeconds * 1000) await this.renew();
    else await this.#reread();
    return this.decision();
  }

  /** What is asked of the turn now. */
  async decision(): Promise<'go' | 'stopped' | 'withheld'> {
    if (this.#turn.stop_requested) return 'stopped';
    const conversation = await this.#ports.conversations.find(this.#turn);
    return conversation?.handling === 'automatic' ? 'go' : 'withheld';
  }

  async renew(): Promise<void> {
    const now = this.#ports.clock.now();
    await this.save({ lease_until: now + limits.leaseSeconds * 1000 });
    this.#renewedAt = now;
  }

  async #reread(): Promise<void> {
    const { turn_id, owner } = this.#turn;
    const found = await this.#ports.turns.find(this.#turn);
    if (found?.turn_id !== turn_id || found.owner !== owner || found.state !== 'running') {
      throw this.#taken();
    }
    this.#turn = found;
  }

  #taken() {
    return retryLater(turnTaken, `Another works on ${this.#turn.turn_id} since.`);
  }
}
