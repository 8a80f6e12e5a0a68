import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';

/**
 * What a simulated vendor does to a call: `respond` answers in its place and nothing takes effect (with `text` as
 * a page that is no JSON), `lose` lets it take effect and cuts the connection before the answer, `garble` lets it
 * take effect and answers this text, else half of the answer, `delay` makes it slow, `sim` has the simulated
 * model do what a customer's `/sim` would.
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
 * `containing` it befalls only calls whose path or body has this text, such as a conversation's id.
 */
export interface Fault {
  operation: string;
  effect: Effect;
  times?: number;
  containing?: string;
}

/** The faults that a simulator has been asked for and has not yet shown, first asked first shown. */
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
        throw new Error('Only the model does what /sim says.');
      default:
        return effect satisfies never;
    }
  });
