import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import type { Turn } from '../../../lambdas/whatsapp-replies/work/turn.ts';
import { days } from '../../support/clock.ts';
import { atEachCrashPoint } from '../../support/crash.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { replyStore } from '../../support/reply-table.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { isWrite, through } from '../../support/through.ts';
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

describe('the first message of a conversation', () => {
  it('opens it, known by nobody’s number but in its external id and metadata', async () => {
    const turn = aTurn({ conversation_id, customer_name: 'Jo' });

    const { turn: begun, handling } = await replyStore(table).recordInputs(turn);

    const conversation = await conversationLog(table).find(keyHere());
    expect([begun.after, handling]).toEqual([0, 'automatic']);
    expect(conversation).toMatchObject({
      channel: 'whatsapp',
      participant_id: expect.stringMatching(/^wa_[0-9a-f]{32}$/),
      participant_name: 'Jo',
      external_id: turn.customer,
      metadata: {
        customer: turn.customer,
        business_number: turn.business_number,
        project_id: 'shop',
      },
      last_sequence: 1,
    });
    expect(await logged()).toMatchObject([
      {
        message_id: 'SM1',
        role: 'user',
        text: 'Where is my order?',
        author: { id: `customer:${conversation?.participant_id}`, name: 'Jo' },
        created_at: '2026-11-21T10:00:00.000Z',
      },
    ]);
  });

  it('is written once, however often it is recorded and whatever answer is lost', async () => {
    const inputs = [anInput(), anInput({ message_sid: 'SM2', text: 'Hello?' })];
    const turn = aTurn({ conversation_id, inputs });
    const store = replyStore(withLostAnswers(table));

    await store.recordInputs(turn);
    const { turn: again } = await store.recordInputs(turn);
    await store.recordInputs(again);

    expect(await textsHere()).toEqual(['Where is my order?', 'Hello?']);
  });

  it('is written although the conversation has expired since the turn began', async () => {
    const store = replyStore(table);
    await store.recordInputs(aTurn({ conversation_id }));
    table.clock.pass(days(91));

    const late = aTurn({ conversation_id, turn_id: 'SM2', after: 1 });
    await store.recordInputs(late);

    expect(await logged()).toMatchObject([{ message_id: 'SM2' }]);
  });
});

describe('a part of a reply', () => {
  const announced = async (turn: Turn) => {
    const part = aPart({ state: 'claimed' });
    return replyStore(table).announce({ ...turn, parts: [part] }, part);
  };

  it('stands in the conversation before it is sent', async () => {
    const { turn } = await replyStore(table).recordInputs(aTurn({ conversation_id }));

    const places = [await announced(turn), await announced(turn)];

    expect(places).toEqual([{ sequence: 2 }, { sequence: 2 }]);
    expect((await logged()).at(-1)).toMatchObject({
      message_id: aPart().message_key,
      role: 'assistant',
      author: { id: 'agent:default' },
      turn_id: 'SM1',
      delivery: { status: 'queued' },
    });
  });

  it.each(['person', 'waiting'] as const)(
    'stands nowhere once it is handled: %s',
    async (handling) => {
      const { turn } = await replyStore(table).recordInputs(aTurn({ conversation_id }));
      await conversationLog(table).setHandling(keyHere(), { handling, by: 'user:ada' });

      expect(await announced(turn)).toBeUndefined();
      expect(await textsHere()).toEqual(['Where is my order?', '']);
    },
  );
});

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
    const { conversationStore } = await import(
      '../../../lambdas/whatsapp-replies/stores/conversation-store.ts'
    );

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

describe('what a customer quotes', () => {
  it('is found by the SID of a reply, of a person’s message and of their own', async () => {
    const store = replyStore(table);
    const { turn } = await store.recordInputs(aTurn({ conversation_id }));
    const part = aPart();
    await store.announce({ ...turn, parts: [part] }, part);
    await store.recordReply({ ...turn, parts: [part] });
    const person_message = {
      ...{ message_id: 'msg_1', text: 'Ada here.', created_at: minute(1) },
      author: { id: 'user:ada' },
    };
    const sent = aPart({ message_key: 'person#msg_1.01of01', message_sid: 'SMada' });
    const written = { ...turn, inputs: [], person_message, parts: [sent] };
    await store.announce(written, sent);
    await store.recordReply(written);

    const found = async (sid: string) => (await store.messageBySid(turn, sid))?.content;

    expect(await found('SM1')).toBe('Where is my order?');
    expect(await found('SMreply1')).toBe('It is on its way.');
    expect(await found('SMada')).toBe('Ada here.');
  });
});

describe('the writes of a message with an answer in one part, beside those of its turn', () => {
  it('are four in the log and two in the table of WhatsApp', async () => {
    const written: string[] = [];
    const counted = through(table, (command, real) => {
      if (isWrite(command)) {
        const { pk } = (Object(command).input.Key ?? Object(command).input.Item) as { pk: string };
        written.push(pk.split('#')[0] ?? '');
      }
      return real(command);
    });
    const store = replyStore(counted);
    await store.recordInputs(aTurn({ conversation_id }));
    written.length = 0;

    const { after } = await store.opened(aTurn({ conversation_id }));
    const second = aTurn({ conversation_id, turn_id: 'SM2', after });
    const part = aPart({ message_key: 'k2', message_sid: 'SMreply2' });
    const { turn } = await store.recordInputs(second);
    await store.announce({ ...turn, parts: [part] }, part);
    await store.recordReply({ ...turn, parts: [part] });

    const of = (owner: string) => written.filter((one) => one === owner).length;
    expect([of('TENANT'), of('COMPANY')]).toEqual([4, 2]);
  });
});
