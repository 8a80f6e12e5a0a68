import type { Clock } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import { limits } from '../limits.ts';
import type { TurnEvent, TurnStep } from '../ports.ts';
import type { EventLog } from './ports.ts';
import type { TurnRecord } from './turn-record.ts';

/** The code of the error by which a worker learns that another works on its turn. */
export const turnTaken = 'turn_taken';

/** What the log of a turn says, as far as it is written. */
export interface Told {
  /** The sequence of the last event. */
  sequence: number;
  /** The answer's text that its readers have. */
  text: string;
  /** The vendor's run that wrote it. */
  run_id: string | undefined;
  /** The turn's last event, if it is there. */
  last: Extract<TurnEvent, { event: 'complete' | 'error' }> | undefined;
}

/** What a turn's readers know after these events. */
function afterEvents(told: Told, events: readonly TurnEvent[], run_id?: string): Told {
  return events.reduce<Told>(
    (before, event) => ({
      sequence: event.sequence,
      text:
        event.event === 'response_chunk'
          ? (event.reset ? '' : before.text) + event.value
          : before.text,
      run_id: event.event === 'response_chunk' ? run_id : before.run_id,
      last: event.event === 'complete' || event.event === 'error' ? event : before.last,
    }),
    told,
  );
}

const nothing: Told = { sequence: 0, text: '', run_id: undefined, last: undefined };

/** What has been told of a turn so far. */
export async function toldOf(
  events: EventLog,
  turn: TurnRecord,
  through = Infinity,
): Promise<Told> {
  const batches = await events.read(turn, 0);
  return batches.reduce(
    (told, batch) =>
      afterEvents(
        told,
        batch.events.filter(({ sequence }) => sequence <= through),
        batch.run_id,
      ),
    nothing,
  );
}

/**
 * Writes the log of a turn: nothing is shown that is not written. Text is written at once, then collected for a moment
 * or a kilobyte. Whoever writes in its place ends it.
 */
export class EventWriter {
  readonly #log: EventLog;
  readonly #turn: TurnRecord;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #wrote: (events: readonly TurnEvent[]) => void;
  #told: Told;
  #pending = '';
  #isReset = false;
  #runId: string | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(
    log: EventLog,
    turn: TurnRecord,
    told: Told,
    clock: Pick<Clock, 'now'>,
    wrote: (events: readonly TurnEvent[]) => void = () => undefined,
  ) {
    this.#log = log;
    this.#turn = turn;
    this.#told = told;
    this.#clock = clock;
    this.#wrote = wrote;
  }

  get told(): Told {
    return this.#told;
  }

  /** The answer of a run so far, of which readers get what they do not have. */
  async show(text: string, runId: string): Promise<void> {
    const isOther = this.#told.text !== '' && this.#told.run_id !== runId;
    // A run that is read again from its beginning: what it says is shown already.
    if (!isOther && !text.startsWith(this.#told.text)) return;
    this.#runId = runId;
    this.#isReset = isOther;
    this.#pending = isOther ? text : text.slice(this.#told.text.length);
    if (this.#isDue) await this.flush();
  }

  /** Readers have exactly this text afterwards. */
  async settle(text: string): Promise<void> {
    if (text === this.#told.text) {
      this.#pending = '';
      return;
    }
    this.#isReset = !text.startsWith(this.#told.text);
    this.#pending = this.#isReset ? text : text.slice(this.#told.text.length);
    await this.#write([this.#chunk()]);
  }

  /** Drops what is not written yet. */
  drop(): void {
    this.#pending = '';
    this.#isReset = false;
  }

  /** Writes what waits, if its time has come. */
  async tick(): Promise<void> {
    if (this.#isDue) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#pending !== '') await this.#write([this.#chunk()]);
  }

  /** Writes an event at once, behind what waits. */
  async tell(step: TurnStep): Promise<void> {
    const chunk = this.#pending === '' ? [] : [this.#chunk()];
    await this.#write([...chunk, step]);
  }

  get #isDue(): boolean {
    if (this.#pending === '') return false;
    const isLong = Buffer.byteLength(this.#pending) >= limits.writeBytes;
    return isLong || this.#clock.now() - this.#writtenAt >= limits.writeMs;
  }

  #chunk(): TurnStep {
    return {
      event: 'response_chunk',
      value: this.#pending,
      ...(this.#isReset && { reset: true }),
    };
  }

  async #write(steps: readonly TurnStep[]): Promise<void> {
    const { turn_id } = this.#turn;
    const { sequence } = this.#told;
    const events = steps.map((step, n) => ({ sequence: sequence + n + 1, turn_id, ...step }));
    const run = this.#runId === undefined ? {} : { run_id: this.#runId };
    const written = await this.#log.append(this.#turn, { events, ...run });
    if (!written) throw retryLater(turnTaken, `Another works on ${turn_id} since.`);
    this.#told = afterEvents(this.#told, events, this.#runId);
    this.drop();
    this.#writtenAt = this.#clock.now();
    this.#wrote(events);
  }
}
