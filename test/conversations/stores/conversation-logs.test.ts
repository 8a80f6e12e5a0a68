import { afterAll, beforeAll, describe } from 'vitest';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import { virtualClock } from '../../support/clock.ts';
import { memoryConversationLog } from '../../support/conversation-log.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { conversationLogContract } from './conversation-log-contract.ts';

let table: TestTable;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable(['inbox:inbox_at']);
});

afterAll(() => table.close());

const aKey = () => ({ tenant_id: 'acme', conversation_id: `c${++conversations}` });

describe('the table of conversations', () => {
  conversationLogContract(() => {
    const clock = virtualClock();
    return { log: conversationLog({ ...table, clock }), key: aKey(), clock };
  });
});

describe('the table of conversations, where the answer to each write is lost', () => {
  conversationLogContract(() => {
    const clock = virtualClock();
    return { log: conversationLog(withLostAnswers({ ...table, clock })), key: aKey(), clock };
  });
});

describe('the conversations in memory', () => {
  conversationLogContract(() => {
    const clock = virtualClock();
    return { log: memoryConversationLog(clock), key: aKey(), clock };
  });
});
