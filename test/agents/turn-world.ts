import { onTestFinished } from 'vitest';
import type { TurnMessage } from '../../lambdas/agents/messages.ts';
import type { TurnEvent } from '../../lambdas/agents/ports.ts';
import { eventLog } from '../../lambdas/agents/stores/event-log.ts';
import { turnStore } from '../../lambdas/agents/stores/turn-store.ts';
import { turnConsumer } from '../../lambdas/agents/turn-worker.ts';
import type { Agent, Model, RunTurnPorts } from '../../lambdas/agents/work/ports.ts';
import { runTurn } from '../../lambdas/agents/work/run-turn.ts';
import { turnsOf } from '../../lambdas/agents/work/turns.ts';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { consumerParts, staysOf } from '../support/consumer.ts';
import { memoryConversationLog } from '../support/conversation-log.ts';
import { TestProcess } from '../support/crash.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { aRecord } from '../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import type { ScriptedModel } from './scripted-model.ts';

export const key = { tenant_id: 'acme', conversation_id: 'conversation-1' };

interface Options {
  model: ScriptedModel;
  agent?: Partial<Agent>;
  table?: TestTable;
  ports?: Partial<RunTurnPorts>;
}

/** A conversation whose turns are run by processes, each of which may crash, over one table. */
export async function turnWorld({ model, agent = {}, ports: given = {}, ...options }: Options) {
  const table = options.table ?? (await startTestTable());
  if (!options.table) onTestFinished(() => table.close());
  const { clock } = table;
  const conversations = memoryConversationLog(clock);
  const queued: TurnMessage[] = [];
  const { parts: consuming, queue: dead } = consumerParts({ now: clock.now });
  const [log, meter] = [recordedLog(), recordedMeter()];
  const replies = { counted: 0 };
  await conversations.open({ ...key, channel: 'webchat', participant_id: 'visitor-1' });

  /** What one process has of the world. */
  const of = (process: TestProcess = new TestProcess()) => {
    const base = {
      turns: process.port(turnStore(table)),
      events: process.port(eventLog(table)),
      conversations: process.port(conversations),
      queue: process.port({ put: async (message: TurnMessage) => void queued.push(message) }),
      clock: process.clock(clock),
    };
    const answering: Agent = {
      name: 'assistant',
      model: inProcess(model, process),
      fallback: 'Sorry, I cannot answer that.',
      maxWaitMs: 900_000,
      suspended: false,
      ...agent,
    };
    const ports: RunTurnPorts = {
      ...base,
      agentFor: async () => answering,
      tryAcquireTurn: async () => 0,
      countReply: async () => void replies.counted++,
      random: () => 0.5,
      meter,
      logOf: consuming.logOf,
      ...given,
    };
    const turns = turnsOf(base);
    const run = runTurn(ports);
    return { turns, run, ports };
  };
  const { turns, run } = of();
  const invocation = { owner: 'worker', remainingMs: () => 300_000 };

  return {
    of,
    turns,
    run: () => run(key, invocation),
    table,
    clock,
    conversations,
    log,
    consuming,
    meter,
    dead,
    model,
    replies,
    queued,
    invocation,

    async say(text: string, id = `message-${text}`): Promise<number> {
      const message = { message_id: id, role: 'user', text, author: { id: 'visitor:1' } } as const;
      const result = await conversations.append(key, [message], { after: 0 });
      return result.kind === 'appended' ? (result.messages[0]?.sequence ?? 0) : 0;
    },

    /** Lets the queue's worker do what is left, as often as it takes. */
    async settle(): Promise<void> {
      const consume = turnConsumer({ turns, runTurn: run, conversations }, consuming);
      for (let tries = 0; queued.length > 0; tries++) {
        if (tries > 50) throw new Error('The queue is never empty.');
        const records = queued.map((message, n) => aRecord(String(n), message));
        const stays = await staysOf(consume, records, 300_000);
        const left = queued.filter((_, n) => stays.includes(String(n)));
        queued.splice(0, queued.length, ...left);
        clock.pass(61_000);
      }
    },

    events: (turnId: string, after = 0): Promise<TurnEvent[]> => turns.events(key, turnId, after),

    messages: (): Promise<Message[]> => conversations.messages(key, { after: 0, limit: 1000 }),

    async answers(): Promise<string[]> {
      const all = await conversations.messages(key, { after: 0, limit: 1000 });
      return all.filter(({ role }) => role === 'assistant').map(({ text }) => text);
    },
  };
}

/** The model as a process has it: each step comes over its connection, which ends with the process. */
function inProcess(model: ScriptedModel, process: TestProcess): Model {
  const { cancel, forget } = process.port({ cancel: model.cancel, forget: model.forget });
  return {
    cancel,
    forget,
    async *answer(question, runId, ended) {
      const steps = model.answer(question, runId, ended)[Symbol.asyncIterator]();
      for (;;) {
        const { value, done } = await process.call(() => steps.next());
        if (done) return;
        yield value;
      }
    },
  };
}

/** The text that a reader of these events holds. */
export const textOf = (events: readonly TurnEvent[]): string =>
  events.reduce((text, event) => {
    if (event.event !== 'response_chunk') return text;
    return (event.reset ? '' : text) + event.value;
  }, '');
