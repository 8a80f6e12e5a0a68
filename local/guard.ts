import type { IncomingMessage, RequestListener, Server } from 'node:http';

/** The answer to a refused request: the reason, as JSON. */
export interface Refusal {
  status: number;
  body: Record<string, string>;
}

/** Checks a request; undefined where it is accepted. */
export type Guard = (
  request: IncomingMessage,
) => Refusal | undefined | Promise<Refusal | undefined>;

/** Puts a guard before the present request listeners of a server: they get only what it accepts. */
export function putBefore(server: Server, guard: Guard): void {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const pass = (refusal: Refusal | undefined) => {
      if (refusal) {
        response.writeHead(refusal.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(refusal.body));
        return;
      }
      for (const listener of listeners) listener.call(server, request, response);
    };
    const said = guard(request);
    if (said instanceof Promise) said.then(pass, () => request.destroy());
    else pass(said);
  });
}

/** Whether a Host is a name of this machine, at any port. */
export const isHere = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host ?? '');

/**
 * Refuses requests that a page of another site sends to a port of this machine: they have another Origin or,
 * by DNS rebinding, another Host.
 */
export const fromHere: Guard = ({ headers: { host, origin } }) =>
  isHere(host) && (origin === undefined || isHere(origin.replace(/^https?:\/\//, '')))
    ? undefined
    : {
        status: 403,
        body: { message: 'Expected the Host, and the Origin if any, to be of this machine' },
      };
