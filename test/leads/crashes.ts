import fc from 'fast-check';
import { type TestTable, through } from '../support/table.ts';

/** Where a process dies: at its nth call of the store or the queue, before the call takes effect or after. */
export interface Death {
  nth: number;
  when: 'before' | 'after';
}

/** No death, or one at any of so many calls. */
export const deaths = (mostCalls: number): fc.Arbitrary<Death | undefined> =>
  fc.option(
    fc.record({
      nth: fc.integer({ min: 1, max: mostCalls }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
    { nil: undefined },
  );

/**
 * A process whose calls take their turns among those of others, and that may die: then its call never
 * ends, so that nothing of it goes on. `over` resolves when it has ended either way.
 */
export class Process {
  readonly #death: Death | undefined;
  readonly #turn: <T>(call: () => Promise<T>) => Promise<T>;
  readonly #died = Promise.withResolvers<undefined>();
  calls = 0;

  constructor(death?: Death, turn: <T>(call: () => Promise<T>) => Promise<T> = (call) => call()) {
    this.#death = death;
    this.#turn = turn;
  }

  async call<T>(real: () => Promise<T>): Promise<T> {
    this.calls += 1;
    const death = this.#death?.nth === this.calls ? this.#death.when : undefined;
    if (death === 'before') return this.#die();
    const result = await this.#turn(real);
    return death === 'after' ? this.#die() : result;
  }

  #die(): Promise<never> {
    this.#died.resolve(undefined);
    return new Promise<never>(() => {});
  }

  /** The table as this process calls it. */
  tableOf = (table: TestTable): TestTable =>
    through(table, (command, real) => this.call(() => real(command)));

  /** Its result; undefined where it has died. */
  async over<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.#died.promise]);
  }
}

/** Gives each call its turn in the order that the scheduler chooses. */
export const turnsOf =
  (scheduler: fc.Scheduler) =>
  async <T>(call: () => Promise<T>): Promise<T> => {
    // The scheduler itself must see no rejection: it would count as one that nobody handles.
    const settled = scheduler.scheduleFunction(() => Promise.allSettled([call()]));
    const [end] = await settled();
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  };
