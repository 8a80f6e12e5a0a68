import type { SQSRecord } from 'aws-lambda';
import { byteRoom } from '../../lambdas/shared/byte-room.ts';
import { EngineError } from '../../lambdas/shared/errors.ts';
import { type BatchConsumer, consumeBatch } from '../../lambdas/whatsapp-replies/consume-batch.ts';
import { textsSchema } from '../../lambdas/whatsapp-replies/features.ts';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import type { ReplyRecords } from '../../lambdas/whatsapp-replies/reply-queue.ts';
import { conversationStore } from '../../lambdas/whatsapp-replies/stores/conversation-store.ts';
import type {
  AssistantPort,
  Messenger,
  OutboundMessage,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import { readableInputs, type Turn, userText } from '../../lambdas/whatsapp-replies/work/turn.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { sharedBut } from '../support/share.ts';
import type { TestTable } from '../support/table.ts';

export interface ConsumerOptions {
  /** What the model says; by default it repeats the question. */
  answer?: (turn: Turn) => Promise<string>;
  deadLetterFails?: boolean;
  returnFails?: boolean;
  deleteFails?: boolean;
  defaultNumber?: () => Promise<string>;
  /** In how many seconds the conversation may have a reply again; at once by default. */
  spendReply?: (turn: Turn) => Promise<number>;
  /** The queue; by default one that keeps what it is told. */
  records?: ReplyRecords;
  /** Companies that have their share of the workers. */
  full?: string[];
  /** The table that the turns are kept in; the given one by default. */
  store?: TestTable;
}

/** The batch consumer on a real store, with a model, a messenger and a queue that keep what they are told. */
export function aConsumer(table: TestTable, options: ConsumerOptions = {}) {
  const sent: OutboundMessage[] = [];
  const asked: Turn[] = [];
  const dead: { id: string; code: string; reason: string }[] = [];
  const returned: { ids: string[]; seconds: number }[] = [];
  const deleted: string[] = [];
  const log = recordedLog();
  const meter = recordedMeter();
  const answer = options.answer ?? (async (turn: Turn) => `You said: ${userText(turn)}`);
  const store = conversationStore(options.store ?? table);

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

  const consumer: BatchConsumer = {
    records: options.records ?? {
      async deleteDone(records) {
        if (options.deleteFails) throw new Error('The queue is away.');
        deleted.push(...records.map(({ messageId }) => messageId));
      },
      async deadLetter(record, error) {
        if (options.deadLetterFails) throw new Error('The dead-letter queue is away.');
        dead.push({ id: record.messageId, code: error.code, reason: error.message });
      },
      async returnAfter(records, seconds) {
        if (options.returnFails) throw new Error('The queue is away.');
        returned.push({ ids: records.map(({ messageId }) => messageId), seconds });
      },
    },
    share: sharedBut(...(options.full ?? [])),
    portsFor: () => ({
      store,
      messenger,
      assistantFor: async () => ({
        assistant,
        texts: textsSchema.parse({}),
        runMaxWaitMs: 300_000,
        suspended: false,
      }),
      spendReply: options.spendReply ?? (async () => 0),
      countReply: async () => {},
      clock: { now: () => table.clock.now(), sleep: async () => {} },
      random: () => 0.5,
      log,
      logTurn: () => {},
      meter,
      pictureRoom: byteRoom(limits.batchPictureBytes),
      statusCallback: (_turn, key) => `https://replies.example/status?reply=${key}`,
    }),
    defaultBusinessNumber: options.defaultNumber ?? (async () => '+14155238886'),
    now: () => table.clock.now(),
    random: () => 0.5,
    log,
    meter,
  };
  return {
    sent,
    asked,
    dead,
    returned,
    deleted,
    log,
    meter,
    bodies: () => sent.map(({ body }) => body),
    /** Consumes a batch; the ids of the records that stay. */
    consume: async (...batch: SQSRecord[]): Promise<string[]> => {
      const response = await consumeBatch(batch, consumer, { remainingMs: () => 60_000 });
      return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
  };
}

export const textsAsked = (turns: Turn[]): string[] =>
  turns.map((turn) =>
    readableInputs(turn)
      .map(({ text }) => text)
      .join(' | '),
  );

export const away = () => new EngineError('retry', 'model_away', 'The model is away.');
