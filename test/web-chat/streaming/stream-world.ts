import { randomUUID } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { TurnMessage } from '../../../lambdas/agents/messages.ts';
import type { TurnEvent } from '../../../lambdas/agents/ports.ts';
import { eventLog } from '../../../lambdas/agents/stores/event-log.ts';
import { turnStore } from '../../../lambdas/agents/stores/turn-store.ts';
import { turnConsumer } from '../../../lambdas/agents/turn-worker.ts';
import type { Model } from '../../../lambdas/agents/work/ports.ts';
import { runTurn } from '../../../lambdas/agents/work/run-turn.ts';
import { turnsOf } from '../../../lambdas/agents/work/turns.ts';
import { chatClaims } from '../../../lambdas/web-chat/stores/chat-claims.ts';
import { participants } from '../../../lambdas/web-chat/stores/participants.ts';
import { streamLimit } from '../../../lambdas/web-chat/stores/stream-limit.ts';
import { visitLimits } from '../../../lambdas/web-chat/stores/visit-limits.ts';
import { streamApp } from '../../../lambdas/web-chat/stream.ts';
import { type Calling, calling } from '../../support/calling.ts';
import { consumerParts, staysOf } from '../../support/consumer.ts';
import { memoryConversationLog } from '../../support/conversation-log.ts';
import { TestProcess } from '../../support/crash.ts';
import { documented } from '../../support/documented.ts';
import { noBus } from '../../support/events.ts';
import { recordedLog, recordedMeter } from '../../support/log.ts';
import { aRecord } from '../../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aChat } from '../chat-world.ts';

export const key = { tenant_id: 'acme', conversation_id: 'conv-1' };

/** A clock on which nobody waits long, and that a test sets forward. */
function quickClock() {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    pass: (ms: number) => {
      aheadMs += ms;
    },
    sleep: (ms: number) => timer(Math.min(ms, 4)),
  };
}

/** The streaming routes over a real store and a model that a test scripts; the queue's worker comes when it is called. */
export async function streamWorld(
  model: Model,
  { process = new TestProcess(), table }: { process?: TestProcess; table?: TestTable } = {},
) {
  const store = table ?? (await startTestTable());
  if (!table) onTestFinished(() => store.close());
  const clock = quickClock();
  const conversations = memoryConversationLog(clock);
  await conversations.open({ ...key, channel: 'webchat', participant_id: 'p1' });
  const queued: TurnMessage[] = [];
  const [log, meter] = [recordedLog(), recordedMeter()];
  const { parts } = consumerParts({ now: clock.now });
  const allowed = { allowed: true } as const;

  const of = (one: TestProcess) => {
    const base = {
      turns: one.port(turnStore(store)),
      events: one.port(eventLog(store)),
      queue: one.port({ put: async (message: TurnMessage) => void queued.push(message) }),
      clock: one.clock(clock),
    };
    const turns = turnsOf(base);
    const run = runTurn({
      ...base,
      conversations: one.port(conversations),
      agentFor: async () => ({
        name: 'assistant',
        model,
        fallback: 'Sorry.',
        maxWaitMs: 900_000,
        suspended: false,
      }),
      tryAcquireTurn: async () => 0,
      countReply: async () => undefined,
      random: () => 0.5,
      meter,
      logOf: parts.logOf,
    });
    return { ...base, turns, run };
  };
  const mine = of(process);
  const { turns, run } = of(new TestProcess());
  const app = streamApp({
    usage: { tryAcquireRequest: async () => ({ acquired: true }) },
    log,
    meter,
    clock,
    conversations,
    turns: { ...turns, begin: mine.turns.begin },
    runTurn: mine.run,
    queue: mine.queue,
    tryOpen: streamLimit({ ...store, clock }),
    handover: {
      isAskedFor: async () => false,
      request: async () => undefined,
      returned: async (conversation) => conversation,
    },
    files: { references: async () => [] },
    chatOf: async () => aChat(),
    claims: chatClaims(store),
    participants: participants(store),
    limits: { ...visitLimits(store), message: async () => allowed },
    newId: randomUUID,
  });
  const visitor: Calling = {
    role: 'Participant',
    scopes: ['conversations:visit'],
    principal: 'visitor:p1',
  };

  const world = {
    app,
    clock,
    turns,
    conversations,
    queued,
    log,
    table: store,
    process,
    ask: async (method: string, path: string, more: Calling = {}) =>
      documented(method, path, await calling(app, method, path, { ...visitor, ...more })),
    say: (message: string, more: Calling = {}, client_id?: string) =>
      world.ask('POST', '/streaming/conversations/actions', {
        body: { conversation_id: key.conversation_id, message, ...(client_id && { client_id }) },
        ...more,
      }),
    readOn: (turnId: string | null, last: number, more: Calling = {}) =>
      world.ask(
        'GET',
        `/streaming/conversations/${key.conversation_id}/stream${turnId === null ? '' : `?turn_id=${turnId}`}`,
        { headers: { 'last-event-id': String(last) }, ...more },
      ),
    /** What the queue's worker does with all that waits. */
    async settle(): Promise<void> {
      const consume = turnConsumer({ turns, runTurn: run, conversations, events: noBus }, parts);
      for (let tries = 0; queued.length > 0 && tries < 50; tries++) {
        clock.pass(61_000);
        const records = queued.map((message, n) => aRecord(String(n), message));
        const stays = await staysOf(consume, records, 300_000);
        queued.splice(0, queued.length, ...queued.filter((_, n) => stays.includes(String(n))));
      }
    },
    async answers(): Promise<string[]> {
      const all = await conversations.messages(key, { after: 0, limit: 1000 });
      return all.filter(({ role }) => role === 'assistant').map(({ text }) => text);
    },
  };
  return world;
}

/** A reader of server-sent events: whole ones alone, and what was sent of them. */
export interface Heard {
  events: TurnEvent[];
  ids: number[];
  text: string;
}

/** Reads a stream, at most so many bytes of it; then the connection is cut. */
export async function heard(
  response: Response,
  bytes = Number.POSITIVE_INFINITY,
  coming: (text: string) => void = () => undefined,
): Promise<Heard> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  let left = bytes;
  while (left > 0) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value.subarray(0, left));
    coming(Buffer.concat(parts).toString('utf8'));
    left -= value.length;
  }
  if (left <= 0) void reader.cancel();
  return parsed(Buffer.concat(parts).toString('utf8'));
}

export function parsed(text: string): Heard {
  const whole = text.slice(0, text.lastIndexOf('\n\n') + 2);
  const blocks = whole.split('\n\n').map((block) => block.split('\n'));
  const fields = (block: string[], name: string) =>
    block.flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []));
  return {
    events: blocks
      .flatMap((block) => fields(block, 'data'))
      .flatMap((data) => (data.startsWith('{') ? [JSON.parse(data) as TurnEvent] : [])),
    ids: blocks.flatMap((block) => fields(block, 'id').map(Number)),
    text,
  };
}
