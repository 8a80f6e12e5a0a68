import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { customerDirectory } from '../../../lambdas/whatsapp-replies/stores/customer-directory.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { days } from '../../support/clock.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { replyStore } from '../../support/reply-table.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { businessAddress, customerAddress } from '../../support/webhook.ts';
import { aChannel } from '../receiving.ts';
import { anInput, aPart, aTurn } from '../vendors/a-turn.ts';

let table: TestTable;
let conversation_id: string;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

beforeEach(() => {
  conversations += 1;
  conversation_id = `c_${conversations}`;
});

afterAll(() => table.close());

const inputs = [
  anInput({ message_sid: 'SM1', text: 'Hello' }),
  anInput({ message_sid: 'SM2', text: 'Are you there?', received_at: '2026-11-21T10:00:01.000Z' }),
];

describe('the summary of a conversation', () => {
  it('holds the last words, the last SID and how many messages came', async () => {
    const turn = aTurn({
      conversation_id,
      inputs,
      parts: [aPart(), aPart({ body: 'See you.', message_key: 'k2', message_sid: 'SMreply2' })],
      last_item_id: 'item_1',
    });

    await replyStore(table).recordReply(turn);

    expect(await table.item(keys.conversation(turn))).toMatchObject({
      company_id: 'acme',
      project_id: 'shop',
      conversation_id,
      primary_channel: 'whatsapp',
      updated_at: new Date(table.clock.now()).toISOString(),
      last_user_message: 'Hello\nAre you there?',
      last_ai_response: 'It is on its way.\n\nSee you.',
      last_message_sid: 'SMreply2',
      last_item_id: 'item_1',
      message_count: 2,
    });
  });

  it('counts a turn once, however often it is recorded', async () => {
    const turn = aTurn({ conversation_id, inputs, parts: [aPart()] });

    await replyStore(table).recordReply(turn);
    await replyStore(withLostAnswers(table)).recordReply(turn);

    expect(await table.item(keys.conversation(turn))).toMatchObject({ message_count: 2 });
  });

  it('counts on with the next turn', async () => {
    const store = replyStore(withLostAnswers(table));

    await store.recordReply(aTurn({ conversation_id, inputs, parts: [aPart()] }));
    await store.recordReply(aTurn({ conversation_id, turn_id: 'SM3', parts: [aPart()] }));

    const summary = await table.item(keys.conversation(aTurn({ conversation_id })));
    expect(summary).toMatchObject({ message_count: 3, last_turn_id: 'SM3' });
  });
});

describe('the messages of a reply', () => {
  it('are items with their SID and status', async () => {
    const part = aPart();
    const turn = aTurn({ conversation_id, parts: [part] });

    await replyStore(table).recordReply(turn);

    expect(await table.item(keys.reply(turn, part.message_key))).toMatchObject({
      message_sid: 'SMreply1',
      status: 'queued',
      turn_id: 'SM1',
    });
  });

  it('say why Twilio refused one, and leave out those that were never sent', async () => {
    const { message_sid: _none, ...unsent } = aPart();
    const parts = [
      { ...unsent, state: 'rejected' as const, error_code: 63_016 },
      { ...unsent, state: 'waiting' as const, message_key: 'never' },
    ];
    const turn = aTurn({ conversation_id, parts });

    await replyStore(table).recordReply(turn);

    const refused = await table.item(keys.reply(turn, unsent.message_key));
    expect(refused).toMatchObject({ status: 'failed', error_code: 63_016 });
    expect(await table.item(keys.reply(turn, 'never'))).toBeUndefined();
  });
});

describe('the thread of a conversation', () => {
  it('is told to the webhook, for the customer of this conversation only', async () => {
    const customers = customerDirectory(table);
    const channel = aChannel({ number: `whatsapp:+1000000${conversations}` });
    const known = await customers.customerOf(channel, customerAddress);
    const turn = aTurn({ business_number: channel.number });

    await replyStore(table).rememberThread({ ...turn, conversation_id }, 'conv_other');
    const other = await customers.customerOf(channel, customerAddress);
    const ours = { ...turn, conversation_id: known.conversation_id };
    await replyStore(table).rememberThread(ours, 'conv_ours');

    expect(other).not.toHaveProperty('thread_id');
    expect(await customers.customerOf(channel, customerAddress)).toMatchObject({
      thread_id: 'conv_ours',
    });
  });

  it('makes no customer of a producer’s own conversation', async () => {
    const turn = aTurn({ conversation_id, customer: 'whatsapp:+15559999999' });

    await replyStore(table).rememberThread(turn, 'conv_1');

    const key = keys.customer('acme', businessAddress, turn.customer);
    expect(await table.item(key)).toBeUndefined();
    expect(await replyStore(table).conversation(turn)).toMatchObject({
      thread_id: 'conv_1',
    });
  });
});

describe('a message that is looked for by its SID', () => {
  it('is found in its own conversation only', async () => {
    const store = replyStore(table);
    const part = aPart({ message_sid: 'SMout' });
    const { turn } = await store.recordInputs(aTurn({ conversation_id, parts: [part] }));
    await store.appendPart(turn, part);
    await store.recordReply(turn);
    const other = { ...turn, conversation_id: `${conversation_id}x` };

    expect(await store.messageBySid(turn, 'SMout')).toMatchObject({ role: 'assistant' });
    expect(await store.messageBySid(other, 'SMout')).toBeUndefined();
  });
});

describe('an expired item', () => {
  it('is passed over by every reader', async () => {
    const store = replyStore(table);
    const turn = aTurn({ conversation_id, inputs, parts: [aPart()] });
    await store.recordInputs(turn);
    await store.recordReply(turn);

    table.clock.pass(days(90));

    const later = aTurn({ conversation_id, turn_id: 'SM9' });
    expect(await store.conversation(later)).toBeUndefined();
    expect(await store.history(later, 20)).toEqual([]);
    expect(await store.reportedSid(turn, aPart().message_key)).toBeUndefined();
  });
});

describe('a table that is away', () => {
  it('is an error to be tried again, for every call', async () => {
    const store = replyStore(failingTable(table));
    const turn = aTurn({ conversation_id, parts: [aPart()] });

    const calls = [
      () => store.recordInputs(turn),
      () => store.conversation(turn),
      () => store.rememberThread(turn, 'conv_1'),
      () => store.history(turn, 20),
      () => store.hasOptedOut(turn),
      () => store.reportedSid(turn, 'key'),
      () => store.recordReply(turn),
    ];

    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'store', next: 'retry' });
    }
  });
});
