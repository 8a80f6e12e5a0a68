import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';

/**
 * What a fault does to a call. `respond` answers instead of the vendor, and nothing takes effect (`text` is answered as
 * a page, not as JSON). `lose`: the call takes effect, and the connection is cut before the answer. `garble`: it takes
 * effect, and the answer is this text, or else its own first half. `delay` makes it slow. `sim`: the simulated model
 * obeys this `/sim` command.
 */
export type Effect =
  | {
      kind: 'respond';
      status: number;
      body?: unknown;
      text?: string;
      headers?: Record<string, string>;
    }
  | { kind: 'lose' }
  | { kind: 'garble'; text?: string }
  | { kind: 'sim'; command: string }
  | { kind: 'delay'; ms: number };

/**
 * `operation` is the vendor's own name of the call, such as `responses.create`; `times` defaults to 1. With
 * `containing` it affects only calls whose path or body has this text, such as a conversation's id.
 */
export interface Fault {
  operation: string;
  effect: Effect;
  times?: number;
  containing?: string;
}

/** The faults that were requested of a simulator and not yet injected, in order of request. */
export class Faults {
  #waiting: (Fault & { left: number })[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ ...fault, left: fault.times ?? 1 });
  }

  /** The next effect of an operation; `said` is the call's path and body. */
  take(operation: string, said = ''): Effect | undefined {
    const fault = this.#waiting.find(
      ({ operation: of, containing = '' }) => of === operation && said.includes(containing),
    );
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

/** Middleware of one route: injects the faults that were asked for its `operation`. */
export const faultMiddleware = (faults: Faults, operation: string) =>
  createMiddleware<SimulatorEnv>(async (c, next) => {
    const isForm = c.req.header('content-type')?.startsWith('multipart/');
    const body = isForm ? '' : await c.req.text();
    const effect = faults.take(operation, `${c.req.path} ${body}`);
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
      case 'garble': {
        await next();
        const answer = await c.res.text();
        const spoilt = effect.text ?? answer.slice(0, answer.length / 2);
        c.res = new Response(spoilt, c.res);
        if (effect.text !== undefined) c.header('content-type', 'text/html');
        return;
      }
      case 'respond': {
        const { status, body: json = {}, text, headers } = effect;
        const type = text === undefined ? 'application/json' : 'text/html';
        return new Response(text ?? JSON.stringify(json), {
          status,
          headers: { 'content-type': type, ...headers },
        });
      }
      case 'sim':
        throw new Error('The effect sim is for the model only.');
      default:
        return effect satisfies never;
    }
  });
