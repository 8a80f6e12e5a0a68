import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import type { Turn } from '../../../lambdas/whatsapp-replies/work/turn.ts';
import { days } from '../../support/clock.ts';
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
  const appended = async (turn: Turn) => {
    const part = aPart({ state: 'claimed' });
    return replyStore(table).appendPart({ ...turn, parts: [part] }, part);
  };

  it('stands in the conversation before it is sent', async () => {
    const { turn } = await replyStore(table).recordInputs(aTurn({ conversation_id }));

    const places = [await appended(turn), await appended(turn)];

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

      expect(await appended(turn)).toBeUndefined();
      expect(await textsHere()).toEqual(['Where is my order?', '']);
    },
  );
});

describe('what a customer quotes', () => {
  it('is found by the SID of a reply, of a person’s message and of their own', async () => {
    const store = replyStore(table);
    const { turn } = await store.recordInputs(aTurn({ conversation_id }));
    const part = aPart();
    await store.appendPart({ ...turn, parts: [part] }, part);
    await store.recordReply({ ...turn, parts: [part] });
    const person_message = {
      ...{ message_id: 'msg_1', text: 'Ada here.', created_at: minute(1) },
      author: { id: 'user:ada' },
    };
    const sent = aPart({ message_key: 'person#msg_1.01of01', message_sid: 'SMada' });
    const written = { ...turn, inputs: [], person_message, parts: [sent] };
    await store.appendPart(written, sent);
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
    await store.appendPart({ ...turn, parts: [part] }, part);
    await store.recordReply({ ...turn, parts: [part] });

    const of = (owner: string) => written.filter((one) => one === owner).length;
    expect([of('TENANT'), of('COMPANY')]).toEqual([4, 2]);
  });
});
