import type { Hono } from 'hono';
import type { TurnQueue } from '../agents/messages.ts';
import type { Answerer, ComingMessage, RunTurn, Turn, TurnEvent, Turns } from '../agents/ports.ts';
import type { Conversation, ConversationKey } from '../conversations/conversation.ts';
import { shownTo } from '../conversations/visits.ts';
import { asEngineError } from '../shared/errors.ts';
import { succeeded } from '../shared/http/envelope.ts';
import { errorForLog, type Log } from '../shared/log.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import type { Caller } from '../tenancy/caller.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { limits } from './limits.ts';
import { isHis, type MessagePorts, postAndWait, readTooOften } from './serve-messages.ts';
import { heartbeat, plainStream, type StreamEncoding } from './sse.ts';
import { streamingRoutes as routes } from './streaming-routes.ts';
import { uiMessageStream } from './ui-message-stream.ts';
import { readTurn, type Wanted } from './work/read-turn.ts';

export interface StreamPorts extends ApiDependencies, Omit<MessagePorts, 'turns'> {
  clock: MessagePorts['clock'];
  turns: Turns;
  runTurn: RunTurn;
  queue: TurnQueue;
}

/** The routes that stream answers: whoever sends a message has it answered in the same invocation, and reads as all others do. */
export function streamApp(ports: StreamPorts): Hono {
  const { app, serve } = protectedApp(ports);
  const { turns, conversations } = ports;
  // Who sends the message answers it: the queue looks after it later.
  const posting = {
    ...ports,
    turns: {
      ...turns,
      expect: (key: ConversationKey, message: ComingMessage) =>
        turns.expect(key, message, 'caller'),
      begin: (key: ConversationKey, sequence: number, answerer: Answerer = 'caller') =>
        turns.begin(key, sequence, answerer),
    },
  };
  const own = async (caller: Caller, conversation_id: string) => {
    const { tenant_id } = caller;
    const found = await conversations.find({ tenant_id, conversation_id });
    return found && isHis(found, caller) ? keyOf(found) : undefined;
  };

  serve(routes.streamAction, async (request) => {
    const posted = await postAndWait(request, posting);
    if (!posted || 'problem' in posted) return posted?.problem;
    const { message, turn } = posted;
    const key = keyOf(posted.conversation);
    const wake = new Wake(ports.clock);
    const answering = turn?.state === 'running' ? answer(key, request, wake, ports) : undefined;
    const wanted = { key, turn, sequence: message.sequence, after: 0 };
    return streamed(wanted, request, wake, ports, answering);
  });

  serve(routes.streamTurn, async (request) => {
    const { params, query, headers, caller } = request;
    const key = await own(caller, params.conversation_id);
    if (!key) return undefined;
    const refused = await readTooOften(key, ports);
    if (refused) return refused;
    const after = Number(headers['Last-Event-ID'] ?? 0);
    const current = await turns.current(key);
    const turn_id = query.turn_id ?? current?.turn_id;
    const isRunning = current?.turn_id === turn_id && current?.state === 'running';
    if (!turn_id || (!isRunning && query.turn_id === undefined)) return { status: 204 };
    const hasMore = isRunning || (await turns.events(key, turn_id, after)).length > 0;
    if (!hasMore) return { status: 204 };
    const state = isRunning ? ('running' as const) : ('ended' as const);
    const wanted = { key, turn: { turn_id, state }, sequence: 0, after };
    return streamed(wanted, request, new Wake(ports.clock), ports);
  });

  serve(routes.stopTurn, async ({ params, caller }) => {
    const key = await own(caller, params.conversation_id);
    return key && { body: succeeded({ stopped: await turns.stop(key) }) };
  });
  return app;
}

interface Reading {
  headers: { 'X-Vercel-AI-UI-Message-Stream'?: string | undefined };
  caller: Caller;
  remainingMs(): number;
}

/** What an invocation keeps to end its answer. */
const reserveMs = 5_000;

function streamed(
  wanted: Omit<Wanted, 'until' | 'pause'>,
  { headers, caller, remainingMs }: Reading,
  wake: Wake,
  ports: StreamPorts,
  answering?: Promise<void>,
) {
  const encoding = headers['X-Vercel-AI-UI-Message-Stream'] ? uiMessageStream() : plainStream();
  const longestMs = Math.min(limits.streamSeconds * 1_000, remainingMs() - reserveMs);
  const until = ports.clock.now() + longestMs;
  const events = readTurn({ ...wanted, until, pause: (ms) => wake.within(ms) }, ports);
  return {
    body: ReadableStream.from(encoded(events, encoding, caller, answering, ports.log)),
    headers: {
      ...encoding.headers,
      ...(wanted.turn && { 'x-turn-id': wanted.turn.turn_id }),
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  };
}

/** The stream's bytes. It ends no sooner than the answering, because an invocation ends with its answer. */
async function* encoded(
  events: AsyncIterable<TurnEvent | 'alive'>,
  encoding: StreamEncoding,
  caller: Caller,
  answering: Promise<void> | undefined,
  log: Log,
): AsyncGenerator<Uint8Array> {
  const utf8 = new TextEncoder();
  try {
    if (encoding.begin) yield utf8.encode(encoding.begin);
    for await (const event of events) {
      const text = event === 'alive' ? heartbeat : encoding.event(shown(event, caller));
      if (text) yield utf8.encode(text);
    }
  } catch (thrown) {
    // What the reader has is right as far as it goes; he reads on by another connection.
    log.warn('A turn could not be read to its end.', { error: errorForLog(thrown) });
  } finally {
    await answering;
  }
}

const shown = (event: TurnEvent, caller: Caller): TurnEvent =>
  event.event === 'complete' && event.message
    ? { ...event, message: shownTo(caller, event.message) }
    : event;

/** Runs the turn here, beside whoever reads it; what is left of it afterwards is the queue's. Never throws. */
async function answer(
  key: ConversationKey,
  { remainingMs }: Pick<Reading, 'remainingMs'>,
  wake: Wake,
  { runTurn, queue, turns, log, newId }: StreamPorts,
): Promise<void> {
  const handOver = async (turn: Turn | undefined, delaySeconds: number) => {
    if (turn?.state !== 'running') return;
    await queue.put({ ...key, sequence: turn.through_sequence }, delaySeconds);
  };
  try {
    const progress = await runTurn(key, { owner: newId(), remainingMs }, () => wake.now());
    if (progress.kind === 'waits') {
      await handOver(await turns.current(key), Math.ceil(progress.forMs / 1_000));
    }
  } catch (thrown) {
    const error = asEngineError(thrown);
    log.warn('A turn is left to the queue.', { error_code: error.code, error: errorForLog(error) });
    // If that fails too, the queue looks after it all the same, only later.
    await turns
      .current(key)
      .then((turn) => handOver(turn, 1))
      .catch(() => undefined);
  } finally {
    wake.now();
  }
}

/** Wakes a reader who waits. */
class Wake {
  readonly #clock: StreamPorts['clock'];
  #next = Promise.withResolvers<void>();
  #isDue = false;

  constructor(clock: StreamPorts['clock']) {
    this.#clock = clock;
  }

  now(): void {
    this.#isDue = true;
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Until it is called, or was since the last time; for so long at most. */
  async within(ms: number): Promise<void> {
    if (!this.#isDue) await Promise.race([this.#next.promise, this.#clock.sleep(ms)]);
    this.#isDue = false;
  }
}

const keyOf = ({ tenant_id, conversation_id }: Conversation): ConversationKey => ({
  tenant_id,
  conversation_id,
});
