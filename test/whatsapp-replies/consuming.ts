import type { SQSRecord } from 'aws-lambda';
import { textsSchema } from '../../lambdas/agents/features.ts';
import type { EventPublisher } from '../../lambdas/events/publisher.ts';
import { EngineError } from '../../lambdas/shared/errors.ts';
import type { ConsumerParts } from '../../lambdas/shared/queue/consumer.ts';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import { replyConsumer } from '../../lambdas/whatsapp-replies/reply.ts';
import type {
  AssistantPort,
  Messenger,
  OutboundMessage,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import { byteRoom } from '../../lambdas/whatsapp-replies/work/steps/pictures.ts';
import { readableInputs, type Turn, userText } from '../../lambdas/whatsapp-replies/work/turn.ts';
import { consumerParts, staysOf } from '../support/consumer.ts';
import { replyStore } from '../support/reply-table.ts';
import type { TestTable } from '../support/table.ts';

export interface ConsumerOptions {
  /** What the model says; by default it repeats the question. */
  answer?: (turn: Turn) => Promise<string>;
  defaultNumber?: () => Promise<string>;
  events?: EventPublisher;
  /** In how many seconds the conversation may have a reply again; at once by default. */
  tryAcquireReply?: (turn: Turn) => Promise<number>;
  /** A real queue; by default one that keeps what it is told. */
  queue?: Pick<ConsumerParts, 'client' | 'queueUrl' | 'deadLetterUrl'>;
  /** Companies that have their share of the workers. */
  full?: string[];
  /** The table that the turns are kept in; the given one by default. */
  store?: TestTable;
}

/** The batch consumer on a real store, with a model, a messenger and a queue that keep what they are told. */
export function aConsumer(table: TestTable, options: ConsumerOptions = {}) {
  const sent: OutboundMessage[] = [];
  const asked: Turn[] = [];
  const { parts, queue, log, meter } = consumerParts({
    now: table.clock.now,
    full: options.full ?? [],
  });
  const answer = options.answer ?? (async (turn: Turn) => `You said: ${userText(turn)}`);
  const store = replyStore(options.store ?? table);

  const assistant = {
    name: 'responses',
    isThread: () => true,
    startMs: () => 0,
    openThread: async () => 'conv_1',
    closeThread: async () => {},
    findRun: async () => undefined,
    startRun: async (_thread, turn) => {
      asked.push(turn);
      return { kind: 'answered', runId: `resp_${turn.turn_id}`, text: await answer(turn) };
    },
    checkRun: () => Promise.reject(new Error('Expected no poll: the run answers at once.')),
    cancelRun: () => Promise.reject(new Error('Expected no cancel: the run answers at once.')),
  } satisfies AssistantPort;

  const messenger: Messenger = {
    async send(message) {
      sent.push(message);
      return { kind: 'sent', messageSid: `SMreply${sent.length}`, status: 'queued' };
    },
    findAll: async () => [],
    showTyping: async () => {},
    fetchPicture: async () => 'missing',
  };

  const consumer = replyConsumer(
    {
      portsFor: (child) => ({
        store,
        messenger,
        assistantFor: async () => ({
          assistant,
          texts: textsSchema.parse({}),
          runMaxWaitMs: 300_000,
          suspended: false,
        }),
        tryAcquireReply: options.tryAcquireReply ?? (async () => 0),
        handoverText: async () => undefined,
        returnToAgent: async () => {},
        countReply: async () => {},
        clock: { now: () => table.clock.now(), sleep: async () => {} },
        random: () => 0.5,
        log: child,
        logTurn: () => {},
        meter,
        pictureRoom: byteRoom(limits.batchPictureBytes),
        statusCallback: (_turn, key) => `https://replies.example/status?reply=${key}`,
      }),
      events: options.events ?? { publish: async () => undefined },
      defaultBusinessNumber: options.defaultNumber ?? (async () => '+14155238886'),
    },
    { ...parts, ...options.queue },
  );
  return {
    sent,
    asked,
    queue,
    log,
    meter,
    bodies: () => sent.map(({ body }) => body),
    /** Consumes a batch; the ids of the records that stay. */
    consume: (...batch: SQSRecord[]): Promise<string[]> => staysOf(consumer, batch),
  };
}

export const textsAsked = (turns: Turn[]): string[] =>
  turns.map((turn) =>
    readableInputs(turn)
      .map(({ text }) => text)
      .join(' | '),
  );

export const away = () => new EngineError('retry', 'model_away', 'The model is away.');
