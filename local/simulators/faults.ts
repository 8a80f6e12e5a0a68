import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';

/**
 * What a fault does to a call. `respond` answers instead of the vendor, and nothing takes effect (`text` is answered as
 * a page, not as JSON). `lose`: the call takes effect, and the connection is cut before the answer, or within one that is a
 * stream, behind so many bytes of it. `garble`: it takes
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
  | { kind: 'lose'; afterBytes?: number }
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

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

const cut = (c: Context<SimulatorEnv>) => c.env.incoming.socket.destroy();

/** The answer until it has so many bytes, or ends; then `end` is called, and nothing more comes. */
function cutOff(answer: Response, afterBytes = streamedBytes, end: () => void): Response {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let left = afterBytes;
    for await (const chunk of answer.body ?? []) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) break;
    }
    // What was written is on its way before the connection ends.
    await sleep(cutAfterMs);
    end();
    await new Promise(() => {});
  }
  return new Response(ReadableStream.from(bytes()), answer);
}

const streamedBytes = 4_096;
const cutAfterMs = 5;

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
        if (isStream(c.res)) c.res = cutOff(c.res, effect.afterBytes, () => cut(c));
        else cut(c);
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
