import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';

/**
 * What a simulated vendor does to a call: `respond` answers in its place and nothing takes effect,
 * `lose` lets it take effect and cuts the connection before the answer, `delay` makes it slow.
 */
export type Effect =
  | { kind: 'respond'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'lose' }
  | { kind: 'delay'; ms: number };

/** `operation` is the vendor's own name of the call, such as `responses.create`; `times` defaults to 1. */
export interface Fault {
  operation: string;
  effect: Effect;
  times?: number;
}

/** The faults that a simulator has been asked for and has not yet shown, first asked first shown. */
export class Faults {
  #waiting: { operation: string; effect: Effect; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ ...fault, left: fault.times ?? 1 });
  }

  take(operation: string): Effect | undefined {
    const fault = this.#waiting.find((candidate) => candidate.operation === operation);
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left === 0) this.#waiting = this.#waiting.filter((other) => other !== fault);
    return fault.effect;
  }

  clear(): void {
    this.#waiting = [];
  }
}

export type SimulatorEnv = { Bindings: HttpBindings };

/** Middleware of one route: shows the faults that wait for `operation`. */
export const suffers = (faults: Faults, operation: string) =>
  createMiddleware<SimulatorEnv>(async (c, next) => {
    const effect = faults.take(operation);
    switch (effect?.kind) {
      case undefined:
        return next();
      case 'delay':
        await sleep(effect.ms);
        return next();
      case 'lose':
        await next();
        c.env.incoming.socket.destroy();
        return;
      case 'respond':
        return new Response(JSON.stringify(effect.body ?? {}), {
          status: effect.status,
          headers: { 'content-type': 'application/json', ...effect.headers },
        });
      default:
        return effect satisfies never;
    }
  });
