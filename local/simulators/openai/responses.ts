import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import * as z from 'zod';
import type { SimulatorEnv } from '../faults.ts';
import { openConversation } from './conversation-record.ts';
import { ApiError, invalid, notFound } from './errors.ts';
import type { World } from './model.ts';
import { page } from './pages.ts';
import { parse, readJson } from './parse.ts';
import { beginResponse } from './response-begin.ts';
import { isOver, type ResponseRecord, shown, statusOf } from './response-record.ts';
import { responseRequest } from './response-request.ts';
import { streamed } from './response-stream.ts';

/** `/responses`: in the background, or with a call that waits until the response is over. */
export function responseRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog, documents } = world;

  app.post('/responses', requestLog('responses.create'), async (c) => {
    const record = beginResponse(world, parse(responseRequest, await readJson(c.req)));
    if (record.request.stream) return created(world, record);
    if (record.request.background) return c.json(shown(record, 'queued'));
    const over = await untilOver(world, record, c.req.raw.signal);
    return c.json(shown(over, statusOf(over, world.now())));
  });

  app.get('/responses/:id', requestLog('responses.retrieve'), (c) => {
    const record = findResponse(world, c.req.param('id'));
    const { stream, starting_after } = parse(retrieveQuery, c.req.query());
    if (stream) return resumed(world, record, starting_after);
    return c.json(shown(record, statusOf(record, world.now())));
  });

  app.post('/responses/:id/cancel', requestLog('responses.cancel'), (c) => {
    const record = findResponse(world, c.req.param('id'));
    if (!record.request.background) throw invalid('Cannot cancel a synchronous response.');
    const cancelled = cancel(world, record);
    return c.json(shown(cancelled, statusOf(cancelled, world.now())));
  });

  app.delete('/responses/:id', requestLog('responses.delete'), (c) => {
    const { id, request } = findResponse(world, c.req.param('id'));
    settleConversationOf(world, request.conversation?.id);
    documents.delete('responses', id);
    return c.json({ id, object: 'response', deleted: true });
  });

  app.get('/responses/:id/input_items', requestLog('responses.inputItems.list'), (c) =>
    c.json(page(findResponse(world, c.req.param('id')).input, c.req.query())),
  );

  return app;
}

const retrieveQuery = z.object({
  stream: z.stringbool().optional(),
  starting_after: z.coerce.number().int().default(-1),
});

const stored = (world: World, id: string) => world.documents.get<ResponseRecord>('responses', id);

/** The stream of a response that begins; without `background` it is cancelled where its client hangs up. */
function created(world: World, { id, request }: ResponseRecord): Response {
  const reread = () => stored(world, id);
  return streamed(world, -1, reread, () => {
    const record = reread();
    if (record && !request.background) cancel(world, record);
  });
}

/** The stream of a response from behind an event on; only one that was created so has any. */
function resumed(world: World, { id, request }: ResponseRecord, startingAfter: number): Response {
  if (!request.background || !request.stream) {
    throw invalid(
      'This response cannot be streamed because it was not created with background=true and stream=true.',
      { param: 'stream' },
    );
  }
  return streamed(world, startingAfter, () => stored(world, id));
}

const unstoredRetentionMs = 10 * 60_000;

/** The response; without `store`, only a background one is found, for ten minutes. */
function findResponse(world: World, id: string): ResponseRecord {
  const record = world.documents.get<ResponseRecord>('responses', id);
  if (!record || isForgotten(record, world.now())) {
    throw notFound(`Response with id '${id}' not found.`);
  }
  return record;
}

function isForgotten({ request, times }: ResponseRecord, nowMs: number): boolean {
  if (request.store !== false) return false;
  return !request.background || nowMs > (times.finish_ms ?? times.created_ms) + unstoredRetentionMs;
}

function cancel(world: World, record: ResponseRecord): ResponseRecord {
  const nowMs = world.now();
  if (isOver(statusOf(record, nowMs))) return record;
  const cancelled = { ...record, times: { ...record.times, cancelled_ms: nowMs } };
  world.documents.put('responses', record.id, cancelled);
  return cancelled;
}

/** Adds the output of a response to its conversation, if that still exists, before the response is deleted. */
function settleConversationOf(world: World, id: string | undefined): void {
  if (id && world.documents.get('conversations', id)) openConversation(world, id);
}

const maxNapMs = 50;

/** Waits for the end of a response; a client that hangs up meanwhile cancels it, as the real API says. */
async function untilOver(
  world: World,
  record: ResponseRecord,
  hungUp: AbortSignal,
): Promise<ResponseRecord> {
  const signal = AbortSignal.any([hungUp, world.closing]);
  while (!isOver(statusOf(record, world.now()))) {
    if (world.closing.aborted) throw new ApiError(503, 'The simulator is stopping.');
    if (hungUp.aborted) return cancel(world, record);
    const leftMs = (record.times.finish_ms ?? Number.POSITIVE_INFINITY) - world.now();
    await sleep(Math.min(leftMs, maxNapMs), undefined, { signal }).catch(() => undefined);
  }
  return record;
}
