import fc from 'fast-check';
import type { Clock } from '../../lambdas/shared/clock.ts';
import { type EngineError, retryLater } from '../../lambdas/shared/errors.ts';
import { type Called, through } from './through.ts';

/**
 * What befalls a process at one of its calls, before the call takes effect or after: a `crash` ends the process, an
 * `error` is thrown at it as transient.
 */
export interface CrashPoint {
  /** Counted from 1. */
  call: number;
  effect: 'before' | 'after';
  /** A crash by default. */
  kind?: 'crash' | 'error';
}

const effects = ['before', 'after'] as const;

/** Both sides of each call from the first to the last. */
export const crashPoints = (last: number, first = 1): CrashPoint[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n).flatMap((call) =>
    effects.map((effect) => ({ call, effect })),
  );

/** A crash at any of so many calls. */
export const aCrashPoint = (calls: number): fc.Arbitrary<CrashPoint> =>
  fc.record({ call: fc.integer({ min: 1, max: calls }), effect: fc.constantFrom(...effects) });

type Turn = <T>(call: () => Promise<T>) => Promise<T>;

const never = new Promise<never>(() => {});

/**
 * A process whose calls have an effect: of tables, queues, vendors. Once it has crashed no call of it ends, so
 * that nothing of it continues; `outcome` resolves all the same.
 */
export class TestProcess {
  readonly #points: readonly CrashPoint[];
  readonly #turn: Turn;
  readonly #end = Promise.withResolvers<undefined>();
  calls = 0;
  crashed = false;

  constructor(points: readonly CrashPoint[] = [], turn: Turn = (call) => call()) {
    this.#points = points;
    this.#turn = turn;
  }

  /** Makes a call; `failed` is what its caller gets in place of a transient error. */
  async call<T>(effect: () => Promise<T>, failed: (error: EngineError) => T = raise): Promise<T> {
    if (this.crashed) return never;
    this.calls += 1;
    const point = this.#points.find(({ call }) => call === this.calls);
    const result = point?.effect === 'before' ? undefined : { value: await this.#turn(effect) };
    if (this.crashed) return never;
    if (point && point.kind !== 'error') return this.crash();
    if (point) return failed(retryLater('fault', `Call ${point.call} failed in transit.`));
    return (result as { value: T }).value;
  }

  /** Ends the process now. */
  crash(): Promise<never> {
    this.crashed = true;
    this.#end.resolve(undefined);
    return never;
  }

  /** A port as this process has it: each method is a call, but those that have no effect. */
  port<Port extends object>(port: Port, { pure = [], failed = {} }: PortOptions<Port> = {}): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        const key = name as keyof Port;
        if (typeof member !== 'function' || pure.includes(key)) return member;
        return (...given: unknown[]) =>
          this.call(async () => Reflect.apply(member, target, given) as unknown, failed[key]);
      },
    });
  }

  /** A clock as this process has it: to wait has no effect and is no call. */
  clock<T extends Clock>(clock: T): T {
    return {
      ...clock,
      sleep: (ms: number) => clock.sleep(ms).then(() => (this.crashed ? never : undefined)),
    };
  }

  /** A table or queue as this process has it. */
  client<T extends Called>(called: T): T {
    return through(called, (command, real) => this.call(() => real(command)));
  }

  /** What the work comes to; undefined where the process has crashed. */
  outcome<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.#end.promise]);
  }
}

interface PortOptions<Port> {
  pure?: readonly (keyof Port)[];
  /** How a method tells of a transient error; by default it throws it. */
  failed?: { [Name in keyof Port]?: (error: EngineError) => unknown };
}

function raise(error: EngineError): never {
  throw error;
}

/** Gives each call its turn in the order that the scheduler chooses. */
export const turnsOf =
  (scheduler: fc.Scheduler): Turn =>
  async (call) => {
    // The scheduler itself must see no rejection: it would count as one that nobody handles.
    const settled = scheduler.scheduleFunction(() => Promise.allSettled([call()]));
    const [end] = await settled();
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  };

/**
 * Runs a scenario with a process that nothing befalls, which tells how many calls it makes, and then once for each of
 * their crash points. Returns the number of calls.
 */
export async function atEachCrashPoint(
  scenario: (process: TestProcess) => Promise<unknown>,
): Promise<number> {
  const whole = new TestProcess();
  await scenario(whole);
  for (const point of crashPoints(whole.calls)) {
    await scenario(new TestProcess([point])).catch((error: Error) => {
      error.message = `After a crash ${point.effect} call ${point.call}: ${error.message}`;
      throw error;
    });
  }
  return whole.calls;
}
