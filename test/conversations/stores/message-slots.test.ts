import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aMessage } from './handling-contract.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable(['inbox:inbox_at']);
});

afterAll(() => table.close());

/** A conversation of so many messages, and how many of them DynamoDB reads, which it bills. */
async function aConversation(messages: number) {
  let scanned = 0;
  const send = async (command: never): Promise<unknown> => {
    const answer: unknown = await table.client.send(command);
    if (typeof answer === 'object' && answer && 'ScannedCount' in answer) {
      scanned += Number(answer.ScannedCount);
    }
    return answer;
  };
  const client = { send: send as TestTable['client']['send'] };
  const key = { tenant_id: 'acme', conversation_id: `slots-${messages}` };
  const log = conversationLog(table);
  await log.open({ ...key, channel: 'whatsapp', participant_id: 'p' });
  const all = Array.from({ length: messages }, (_, n) => aMessage(`m${n + 1}`));
  await log.append(key, all, { after: 0 });
  return { key, log: conversationLog({ ...table, client }), read: () => scanned };
}

describe('a message by its id', () => {
  it('costs the reading of a few of the newest where it is one of them, as what is delivered is', async () => {
    const { key, log, read } = await aConversation(60);

    expect(await log.recordDelivery(key, 'm58', { status: 'delivered' })).toBe(true);

    expect(read()).toBeLessThanOrEqual(8);
  });

  it('is found far behind too', async () => {
    const { key, log } = await aConversation(230);

    expect(await log.messageById(key, 'm2')).toMatchObject({ sequence: 2 });
  });
});
