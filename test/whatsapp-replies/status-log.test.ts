import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  conversationLog,
  type LogListener,
} from '../../lambdas/conversations/stores/conversation-log.ts';
import { cachedSecret } from '../../lambdas/vendors/aws/secrets.ts';
import { parseTwilioCredentials } from '../../lambdas/vendors/twilio/credentials.ts';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { statusApp } from '../../lambdas/whatsapp-replies/status.ts';
import { deliveryStore } from '../../lambdas/whatsapp-replies/stores/delivery-store.ts';
import { encodeReference } from '../../lambdas/whatsapp-replies/work/delivery.ts';
import { aVault } from '../support/aws.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { replyStore } from '../support/reply-table.ts';
import { failingTable, startTestTable, type TestTable } from '../support/table.ts';
import { publicBaseUrl, signedRequest, twilioSecret } from '../support/webhook.ts';
import { aPart, aTurn } from './vendors/a-turn.ts';

let table: TestTable;
let conversation_id = '';
let conversations = 0;
let failed: unknown[] = [];

beforeAll(async () => {
  table = await startTestTable();
});

beforeEach(() => {
  conversation_id = `c_${++conversations}`;
  failed = [];
});

afterAll(() => table.close());

const listener: LogListener = {
  opened: async () => {},
  written: async () => {},
  undelivered: async (_, { message_id, delivery }) =>
    void failed.push([message_id, delivery?.error_code]),
};
const key = () => ({ tenant_id: 'acme', conversation_id });
const deliveryOf = async (messageId: string) =>
  (await conversationLog(table).messageById(key(), messageId))?.delivery;

/** What Twilio reports of a part, to a status door whose log is in this table. */
async function reports(
  message_key: string,
  MessageStatus: string,
  { on = table, company_id = 'acme', MessageSid = 'SMr', ...more }: Options = {},
): Promise<number> {
  const app = statusApp({
    credentials: cachedSecret(
      aVault(twilioSecret()).client,
      'twilio',
      parseTwilioCredentials,
      table.clock,
    ),
    publicBaseUrl,
    deliveries: deliveryStore(table),
    conversations: conversationLog(on, listener),
    log: recordedLog(),
    meter: recordedMeter(),
  });
  const reference = encodeReference({ company_id, conversation_id, message_key });
  const path = `${paths.status}?reply=${reference}`;
  const fields = { MessageSid, MessageStatus, To: 'whatsapp:+4915112345678', ...more };
  return (await app.request(signedRequest(path, fields))).status;
}
type Options = { on?: TestTable; company_id?: string; MessageSid?: string; ErrorCode?: string };

/** A conversation with a part of a reply, and a message of a person that went out in two. */
async function aConversation() {
  const store = replyStore(table);
  const part = aPart();
  const { turn } = await store.recordInputs(aTurn({ conversation_id }));
  await store.appendPart({ ...turn, parts: [part] }, part);
  const person_message = {
    ...{ message_id: 'msg_1', text: 'Long.', created_at: '2026-11-21T10:00:00.000Z' },
    author: { id: 'user:ada' },
  };
  const parts = [1, 2].map((n) => aPart({ message_key: `person#msg_1.0${n}of02` }));
  const written = aTurn({ conversation_id, turn_id: 'person.msg_1', person_message, parts });
  for (const one of parts) await store.appendPart(written, one);
  return part.message_key;
}

describe('a status callback', () => {
  it('is told to the conversation, and only forward', async () => {
    const part = await aConversation();

    const seen = [];
    for (const status of ['accepted', 'sent', 'read', 'delivered']) {
      await reports(part, status);
      seen.push((await deliveryOf(part))?.status);
    }

    expect(seen).toEqual(['queued', 'sent', 'read', 'read']);
  });

  it('of a failure is told with its code, and to the company', async () => {
    const part = await aConversation();

    await reports(part, 'undelivered', { ErrorCode: '63016' });

    expect(await deliveryOf(part)).toMatchObject({ status: 'failed', error_code: 63_016 });
    expect(failed).toEqual([[part, 63_016]]);
  });

  it('of a person’s message counts where its last part arrives, or any part fails', async () => {
    await aConversation();
    const [first, last] = ['person#msg_1.01of02', 'person#msg_1.02of02'] as const;

    await reports(first, 'read');
    const afterFirst = await deliveryOf('msg_1');
    await reports(last, 'delivered', { MessageSid: 'SMlast' });
    const afterLast = await deliveryOf('msg_1');

    expect([afterFirst?.status, afterLast?.status]).toEqual(['queued', 'delivered']);
    conversation_id = `c_${++conversations}`;
    await aConversation();
    await reports(first, 'failed', { ErrorCode: '63016' });
    expect(await deliveryOf('msg_1')).toMatchObject({ status: 'failed' });
  });

  it('of another message for the same part changes nothing', async () => {
    const part = await aConversation();
    await reports(part, 'sent');

    await reports(part, 'failed', { MessageSid: 'SMother' });

    expect(await deliveryOf(part)).toMatchObject({ status: 'sent' });
    expect(failed).toEqual([]);
  });

  it('is told by its repetition where the log was away', async () => {
    const part = await aConversation();

    const away = await reports(part, 'delivered', { on: failingTable(table) });
    const before = await deliveryOf(part);
    const again = await reports(part, 'delivered');

    expect([away, before?.status, again]).toEqual([503, 'queued', 204]);
    expect(await deliveryOf(part)).toMatchObject({ status: 'delivered' });
  });

  it('of a reply of the version before, which is not in the log, is taken as before', async () => {
    expect(await reports('2026-11-21T10:00:02.000Z#SMold.1', 'read')).toBe(204);
  });

  it('of another company’s conversation changes nothing here', async () => {
    const part = await aConversation();

    await reports(part, 'read', { company_id: 'globex' });

    expect(await deliveryOf(part)).toMatchObject({ status: 'queued' });
  });
});
