import { afterAll, beforeAll, describe } from 'vitest';
import { deliveryStore } from '../../../lambdas/whatsapp-replies/stores/delivery-store.ts';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { virtualClock } from '../../support/clock.ts';
import { memoryStore } from '../../support/reply-store.ts';
import { conversationStoreContract } from '../../support/reply-store-contract.ts';
import { replyStore } from '../../support/reply-table.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('the conversations table', () => {
  conversationStoreContract(() => {
    const conversation_id = `c_${++conversations}`;
    const own = { ...table, clock: virtualClock() };
    return {
      store: replyStore(own),
      conversation_id,
      clock: own.clock,
      async report(message_key, messageSid) {
        const reference = { company_id: 'acme', conversation_id, message_key };
        await deliveryStore(own).report({ reference, messageSid, status: 'sent' });
      },
      optOut: ({ company_id, business_number, customer }) =>
        table.put({ ...keys.customer(company_id, business_number, customer), opted_out: true }),
    };
  });
});

describe('the conversations table in memory', () => {
  conversationStoreContract(() => {
    const clock = virtualClock();
    const store = memoryStore(clock);
    return {
      store,
      conversation_id: 'conv-1',
      clock,
      report: async (messageKey, messageSid) => store.report(messageKey, messageSid),
      optOut: async ({ customer }) => store.optOut(customer),
    };
  });
});
