import { retryLater } from '../../lambdas/shared/errors.ts';

/**
 * What befalls the nth port call of an invocation, before or after it takes effect: a `crash` ends
 * the process, an `error` is thrown at it as transient.
 */
export interface Fault {
  call: number;
  kind: 'crash' | 'error';
  effect: 'before' | 'after';
}

/** The fate of one invocation: counts its port calls and lets the faults happen. */
export class Fate {
  readonly #faults: readonly Fault[];
  #calls = 0;
  #crashed = false;

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  get calls(): number {
    return this.#calls;
  }

  /** The port as this invocation has it; a process that has crashed reaches nothing any more. */
  guard<Port extends object>(port: Port, methods: readonly (keyof Port)[]): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        const isGuarded = methods.some((method) => method === name);
        if (typeof member !== 'function' || !isGuarded) return member;
        return (...args: unknown[]) =>
          this.#pass(String(name), async () => Reflect.apply(member, target, args) as unknown);
      },
    });
  }

  async #pass(name: string, effect: () => Promise<unknown>): Promise<unknown> {
    this.#calls += 1;
    const fault = this.#faults.find(({ call }) => call === this.#calls);
    const goesOn = !fault || (fault.effect === 'after' && !this.#crashed);
    if (fault?.kind === 'crash' && !goesOn) this.#crashed = true;
    if (this.#crashed) return this.#fail(name);
    const result = goesOn ? await effect() : undefined;
    if (fault?.kind === 'crash') this.#crashed = true;
    return fault ? this.#fail(name) : result;
  }

  /** Each port fails as it promises to: the typing indicator never, a send by being unsure. */
  #fail(name: string): unknown {
    if (name === 'showTyping') return undefined;
    const error = this.#crashed ? new Crash() : retryLater('fault', `${name} failed in transit.`);
    if (name === 'send' && !this.#crashed) return { kind: 'unsure', cause: error };
    throw error;
  }
}

class Crash extends Error {
  override readonly name = 'Crash';
}
