import type { EngineError } from '../../lambdas/shared/errors.ts';
import type { Outcome as MessageOutcome } from '../../lambdas/shared/queue/outcome.ts';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import {
  answerGroup,
  type QueuedMessage,
  type WaitingMessage,
} from '../../lambdas/whatsapp-replies/work/answer-group.ts';
import { answerTurn } from '../../lambdas/whatsapp-replies/work/answer-turn.ts';
import { turnContext } from '../../lambdas/whatsapp-replies/work/attempt.ts';
import type {
  AssistantPort,
  ReplyPorts,
  TurnInvocation,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import { byteRoom } from '../../lambdas/whatsapp-replies/work/steps/pictures.ts';
import type { Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';
import { type VirtualClock, virtualClock } from './clock.ts';
import type { TestProcess } from './crash.ts';
import { type RecordedLog, type RecordedMeter, recordedLog, recordedMeter } from './log.ts';
import { type Outcome, type ScriptedAssistant, scriptedAssistant } from './reply-assistant.ts';
import { texts } from './reply-builders.ts';
import { type ScriptedMessenger, scriptedMessenger } from './reply-messenger.ts';
import { type MemoryStore, memoryStore } from './reply-store.ts';

export interface WorldOptions {
  /** How each run ends; by default it answers with an echo. */
  answer?: (run: { n: number; texts: string[] }) => Outcome;
  assistant?: AssistantPort['name'];
  /** Whether Twilio's status callbacks arrive; true by default. */
  callbacks?: boolean;
  runMaxWaitMs?: number;
  /** Whether the company is suspended, each time it is asked. */
  suspended?: () => boolean;
  /** Addresses of the pictures that can be fetched. */
  pictures?: string[];
  ports?: Partial<ReplyPorts>;
}

export interface World {
  clock: VirtualClock;
  store: MemoryStore;
  assistant: ScriptedAssistant;
  messenger: ScriptedMessenger;
  log: RecordedLog;
  meter: RecordedMeter;
  ports: ReplyPorts;
  /** The turns whose replies were counted in the usage. */
  counted: string[];
  /** One invocation of a minute, or less, for the waiting messages of a conversation. */
  answers<M extends WaitingMessage>(
    messages: M[],
    invocation?: Invocation,
  ): Promise<GroupResult<M>>;
  /** Takes a turn that is in the store as it is. */
  takes(turn: Turn, remainingMs?: number): Promise<MessageOutcome>;
}

/** What has become of a conversation's messages; those not named are done. */
export interface GroupResult<M extends WaitingMessage = QueuedMessage> {
  unfinished?: { messages: M[]; afterSeconds: number };
  dead: { messages: M[]; error: EngineError }[];
}

function resultOf<M extends WaitingMessage>(
  messages: M[],
  outcomes: MessageOutcome[],
): GroupResult<M> {
  const dead = new Map<EngineError, M[]>();
  let unfinished: GroupResult<M>['unfinished'];
  for (const [n, message] of messages.entries()) {
    const outcome = outcomes[n];
    if (outcome?.kind === 'dead') {
      dead.set(outcome.error, [...(dead.get(outcome.error) ?? []), message]);
    }
    if (outcome?.kind !== 'retry') continue;
    const { afterSeconds } = outcome;
    unfinished = { messages: [...(unfinished?.messages ?? []), message], afterSeconds };
  }
  return {
    dead: [...dead].map(([error, some]) => ({ messages: some, error })),
    ...(unfinished && { unfinished }),
  };
}

export interface Invocation {
  remainingMs?: number;
  /** Whose ports they are answered with; where it crashes, nothing comes of it. */
  process?: TestProcess;
}

const callbackUrl = 'https://replies.example/status?reply=';

/** Everything around the reply processor, in memory and on a virtual clock. */
export function aWorld(options: WorldOptions = {}): World {
  const clock = virtualClock();
  const store = memoryStore(clock);
  const assistant = scriptedAssistant(clock, options.answer, options.assistant);
  const messenger = scriptedMessenger(clock, ({ sid, message }) => {
    const key = message.statusCallback.slice(callbackUrl.length);
    if (options.callbacks ?? true) store.report(key, sid);
  });
  for (const url of options.pictures ?? []) messenger.pictures.set(url, Uint8Array.of(1, 2, 3));
  const [log, meter] = [recordedLog(), recordedMeter()];
  const counted: string[] = [];
  const ports: ReplyPorts = {
    store,
    messenger,
    assistantFor: async () => ({
      assistant,
      texts,
      runMaxWaitMs: options.runMaxWaitMs ?? 300_000,
      suspended: options.suspended?.() ?? false,
    }),
    tryAcquireReply: async () => 0,
    handoverText: async () => undefined,
    returnToAgent: async () => {},
    countReply: async ({ turn_id }) => void counted.push(turn_id),
    clock,
    random: () => 0.5,
    log,
    logTurn: () => {},
    meter,
    pictureRoom: byteRoom(limits.batchPictureBytes),
    statusCallback: (_turn, messageKey) => callbackUrl + messageKey,
    ...options.ports,
  };
  const invocation = (remainingMs = 60_000): TurnInvocation => {
    const until = clock.now() + remainingMs;
    return { remainingMs: () => until - clock.now() };
  };

  return {
    clock,
    store,
    assistant,
    messenger,
    log,
    meter,
    ports,
    counted,
    async answers(messages, { remainingMs, process } = {}) {
      const through = process ? portsOf(ports, process) : ports;
      return resultOf(messages, await answerGroup(messages, through, invocation(remainingMs)));
    },
    takes: (turn, remainingMs) =>
      answerTurn(turn, turnContext(turn, ports, invocation(remainingMs))),
  };
}

const portsOf = (ports: ReplyPorts, process: TestProcess): ReplyPorts => ({
  ...ports,
  store: process.port(ports.store),
  messenger: process.port(ports.messenger, {
    failed: { send: (cause) => ({ kind: 'unsure', cause }), showTyping: () => undefined },
  }),
  clock: process.clock(ports.clock),
  assistantFor: async (turn) => {
    const choice = await ports.assistantFor(turn);
    const assistant = process.port(choice.assistant, { pure: ['isThread', 'startMs'] });
    return { ...choice, assistant };
  },
});
