import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { Effect, SimulatorEnv } from '../faults.ts';
import type { Box } from './box.ts';
import { readPost } from './post.ts';
import type { RecordedPost } from './record.ts';

export interface MailboxApiParts {
  /** Epoch ms with microseconds in the fraction. */
  now: () => number;
  closing: AbortSignal;
}

/** How a request finds its box; undefined is answered 404. */
export interface Route {
  ofFetch: (c: Context) => Box | 'wrong key' | undefined;
  ofPost: (c: Context, emailId: string | null) => Box | undefined;
}

const wrongKey = 'Expected the api_key of this mailbox';
const noBox = 'There is no mailbox here: load one with POST /_control/runs';

/** The public API of a mailbox: `GET /emails` and `POST /respond`. */
export function mailboxRoutes(route: Route, parts: MailboxApiParts): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.get('/emails', async (c) => {
    const box = route.ofFetch(c);
    if (!box) return c.json({ error: noBox }, 404);
    if (box === 'wrong key' || c.req.query('api_key') !== box.apiKey) {
      return c.json({ error: wrongKey }, 401);
    }
    const effect = box.faultInjection.next('emails', '');
    if (effect?.kind === 'respond') return replaced(effect);
    await delayed(effect, parts.closing);
    const answer = c.json(box.fetch(parts.now()));
    return effect?.kind === 'lose' ? cut(c) : answer;
  });

  app.post('/respond', async (c) => {
    const receivedAt = parts.now();
    const read = readPost(await c.req.text(), c.req.header('idempotency-key'));
    const box = route.ofPost(c, read.post.emailId);
    return box ? respond(c, box, { ...read, receivedAt }, parts) : c.json({ error: noBox }, 404);
  });
  return app;
}

type ReadPost = ReturnType<typeof readPost> & { receivedAt: number };

async function respond(c: Context<SimulatorEnv>, box: Box, read: ReadPost, parts: MailboxApiParts) {
  const effect = box.faultInjection.next('respond', read.post.emailId ?? '');
  if (effect?.kind === 'respond') {
    const faulted = box.fault(read.post, read.receivedAt, effect.status);
    box.answered(faulted, parts.now(), false);
    return replaced(effect);
  }
  const post = taken(box, read);
  await delayed(effect, parts.closing);
  const lost = effect?.kind === 'lose';
  box.answered(post, parts.now(), lost);
  return lost ? cut(c) : answerTo(post);
}

function taken(box: Box, { post, apiKey, fault, receivedAt }: ReadPost): RecordedPost {
  if (apiKey !== null && apiKey !== box.apiKey) return box.refuse(post, receivedAt, 401, wrongKey);
  return fault ? box.refuse(post, receivedAt, 400, fault) : box.take(post, receivedAt);
}

const answerTo = ({ status, error }: RecordedPost) =>
  Response.json(error === undefined ? { status: 'accepted' } : { error }, { status });

const replaced = ({ status, body, text, headers }: Extract<Effect, { kind: 'respond' }>) =>
  text === undefined
    ? Response.json(body ?? {}, { status, headers })
    : new Response(text, { status, headers: { 'content-type': 'text/html', ...headers } });

async function delayed(effect: Effect | undefined, signal: AbortSignal): Promise<void> {
  if (effect?.kind === 'delay') await sleep(effect.ms, undefined, { signal }).catch(() => {});
}

function cut(c: Context<SimulatorEnv>): Response {
  c.env.incoming.socket.destroy();
  return new Response();
}
