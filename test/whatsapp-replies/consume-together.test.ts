import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { replyInbox } from '../../lambdas/whatsapp-replies/wiring.ts';
import { type Turn, userText } from '../../lambdas/whatsapp-replies/work/turn.ts';
import type { Queues } from '../../local/cloud/queues.ts';
import { aQueueMessage, aRecord } from '../support/sqs-event.ts';
import { queuesHere } from '../support/stores.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aConsumer } from './consuming.ts';

let table: TestTable;
let queues: Queues;
let conversations = 0;

beforeAll(async () => {
  [table, queues] = await Promise.all([startTestTable(), queuesHere()]);
});

afterAll(() => Promise.all([table.close(), queues.close()]));

const aMessageOf = (conversation_id: string, text: string) =>
  aQueueMessage({
    conversation_id,
    fields: { MessageSid: `SM${conversation_id}${text}`, Body: text },
  });

/** Records of a conversation of their own; their ids are their texts. */
function aConversation(...texts: string[]) {
  conversations += 1;
  const id = `t_${conversations}`;
  return texts.map((text) => aRecord(text, aMessageOf(id, text), { groupId: id }));
}

/** A model that answers "slow" only once it may. */
function aSlowModel() {
  const mayEnd = Promise.withResolvers<void>();
  const answer = async (turn: Turn) => {
    if (userText(turn) === 'slow') await mayEnd.promise;
    return userText(turn);
  };
  return { answer, release: () => mayEnd.resolve() };
}

describe('a customer whose message shares a batch with a slow one', () => {
  it('has the next message handed out while the slow one is still answered', async () => {
    const { url: queueUrl } = await queues.create('together.fifo', { FifoQueue: 'true' });
    const { answer, release } = aSlowModel();
    const queue = { client: queues.client, queueUrl, deadLetterUrl: queueUrl };
    const { consume } = aConsumer(table, { answer, queue });
    const inbox = replyInbox(queues.client, queueUrl);
    await inbox.put(aMessageOf('c_slow', 'slow'), 'SM1');
    await inbox.put(aMessageOf('c_fast', 'first'), 'SM2');

    const batch = await receive(queueUrl);
    const done = consume(...batch);
    await inbox.put(aMessageOf('c_slow', 'later'), 'SM3');
    await inbox.put(aMessageOf('c_fast', 'second'), 'SM4');
    const next = await vi.waitUntil(
      async () => {
        const records = await receive(queueUrl);
        return records.length > 0 && records;
      },
      { timeout: 15_000 },
    );
    release();

    expect(await done).toEqual([]);
    expect(batch).toHaveLength(2);
    expect(next.map(({ body }) => body)).toEqual([expect.stringContaining('second')]);
  });
});

async function receive(QueueUrl: string): Promise<SQSRecord[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  const { Messages: messages = [] } = await queues.client.send(command);
  return messages.map((message) => ({
    ...aRecord(String(message.MessageId), String(message.Body)),
    receiptHandle: String(message.ReceiptHandle),
  }));
}

describe('a company that has its share of the workers', () => {
  it('waits in the queue, whole conversations in order, while another is answered', async () => {
    const { consume, queue, sent, meter } = aConsumer(table, { full: ['flood'] });
    const flood = ['one', 'two'].map((text) =>
      aRecord(
        text,
        aQueueMessage({ company_id: 'flood', conversation_id: 'f', fields: { MessageSid: text } }),
      ),
    );

    const stays = await consume(...flood, ...aConversation('quiet'));

    expect(stays).toEqual(['one', 'two']);
    expect(queue.returned).toEqual([{ ids: ['one', 'two'], seconds: 1 }]);
    expect(sent).toHaveLength(1);
    expect(meter.counts).toMatchObject({ WaitedForShare: 2, RepliesSent: 1 });
  });
});
