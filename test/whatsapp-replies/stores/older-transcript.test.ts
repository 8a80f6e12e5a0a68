import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import { conversationStore } from '../../../lambdas/whatsapp-replies/stores/conversation-store.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { atEachCrashPoint } from '../../support/crash.ts';
import { replyStore } from '../../support/reply-table.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { anInput, aPart, aTurn } from '../vendors/a-turn.ts';

let table: TestTable;
let conversation_id = '';
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

beforeEach(() => {
  conversation_id = `c_${++conversations}`;
});

afterAll(() => table.close());

const keyHere = () => ({ tenant_id: 'acme', conversation_id });
const logged = () => conversationLog(table).latest(keyHere(), 100);
const textsHere = async () => (await logged()).map(({ text }) => text);

const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString();

/** What the version before has kept of an exchange: its words in items of WhatsApp's own table. */
async function keptBefore(exchanges: number): Promise<void> {
  for (let n = 0; n < exchanges; n += 1) {
    const turn = aTurn({ conversation_id, turn_id: `SMold${n}` });
    const input = anInput({ message_sid: `SMold${n}`, received_at: minute(2 * n) });
    const item = {
      turn_id: turn.turn_id,
      expires_at: Math.floor(table.clock.now() / 1000) + 9_999,
    };
    await table.put({
      ...keys.inbound(turn, input),
      ...{ ...item, role: 'user', content: `Old Q${n}`, timestamp: minute(2 * n) },
      ...{ message_sid: input.message_sid, status: 'received' },
    });
    await table.put({
      ...keys.reply(turn, `${minute(2 * n + 1)}#SMold${n}.01`),
      ...{ ...item, role: 'assistant', content: `Old A${n}`, timestamp: minute(2 * n + 1) },
      ...{ message_sid: `SMoldA${n}`, status: n === 0 ? 'undelivered' : 'read' },
      ...(n === 0 && { error_code: 63_016 }),
    });
  }
  // A status callback whose reply was never recorded.
  await table.put({ ...keys.reply(aTurn({ conversation_id }), 'zz#callback'), status: 'sent' });
}

describe('a conversation of the version before', () => {
  const now = () => aTurn({ conversation_id, turn_id: 'SMnew' });
  const old = ['Old Q0', 'Old A0', 'Old Q1', 'Old A1'];

  it('is in the log, whole and in order, once its customer writes again', async () => {
    await keptBefore(2);
    const store = replyStore(table);

    const { after } = await store.opened(now());
    const { turn } = await store.recordInputs({ ...now(), after });

    expect(await textsHere()).toEqual([...old, 'Where is my order?']);
    expect([after, turn.after]).toEqual([0, 4]);
    const [question, failed, , read] = await logged();
    expect(question).toMatchObject({ message_id: 'SMold0', role: 'user', created_at: minute(0) });
    expect(failed).toMatchObject({
      message_id: `${minute(1)}#SMold0.01`,
      turn_id: 'SMold0',
      delivery: { status: 'failed', error_code: 63_016 },
    });
    expect(read).toMatchObject({ delivery: { status: 'read' } });
    expect((await store.opened(now())).after).toBe(5);
  });

  it('is told of by no event', async () => {
    await keptBefore(1);
    const told: string[] = [];
    const log = conversationLog(table, {
      opened: async () => {},
      written: async (_, messages) => void told.push(...messages.map(({ text }) => text)),
      undelivered: async () => {},
    });
    await conversationStore(table, log).recordInputs(now());

    expect(told).toEqual(['Where is my order?']);
  });

  it('is taken over once, wherever the process dies', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      conversation_id = `c_${++conversations}`;
      await keptBefore(2);
      const { after } = await replyStore(table).opened(now());
      const tried = replyStore(process.client(table));
      await process.outcome(tried.recordInputs({ ...now(), after }));
      // Its turn may be among the dead letters when the customer writes on.
      const next = aTurn({ conversation_id, turn_id: 'SMnext' });
      const place = await replyStore(table).opened(next);

      await replyStore(table).recordInputs({ ...next, after: place.after });
      await replyStore(table).recordInputs({ ...now(), after });

      const all = await textsHere();
      expect(all.slice(0, 4)).toEqual(old);
      expect(new Set(all.slice(4))).toEqual(new Set(['Where is my order?']));
      expect(all).toHaveLength(6);
    });
    expect(calls).toBeGreaterThan(8);
  });

  it('has a history and quotes before it is taken over', async () => {
    await keptBefore(2);
    const store = replyStore(table);

    expect((await store.history(now(), 3)).map(({ content }) => content)).toEqual(old.slice(-3));
    expect(await store.messageBySid(now(), 'SMoldA1')).toEqual({
      role: 'assistant',
      content: 'Old A1',
    });
  });

  it('has in the log what was sent of a reply that was under way', async () => {
    await keptBefore(1);
    const parts = [aPart({ body: 'One.' }), aPart({ body: 'Two.', message_key: 'k2' })];

    await replyStore(table).recordReply(aTurn({ conversation_id, turn_id: 'SMold0', parts }));

    expect(await textsHere()).toEqual(['Old Q0', 'Old A0', 'One.', 'Two.']);
  });
});
