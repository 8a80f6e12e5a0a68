import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLostAnswers } from '../support/lost-answers.ts';
import { aQueueMessage, aRecord } from '../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aConsumer, away } from './consuming.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const record = (text: string) =>
  aRecord(text, aQueueMessage({ fields: { MessageSid: `SM${text}`, Body: text } }));

describe('a conversation whose writes are answered by nobody, and sent again', () => {
  it('has each message answered once, also after a failure and when it comes again', async () => {
    let isAway = true;
    const answer = async () => {
      if (isAway) throw away();
      return 'Yes.';
    };
    const { consume, bodies, queue } = aConsumer(table, { answer, store: withLostAnswers(table) });
    const batch = [record('one'), record('two')];

    const stays = await consume(...batch);
    isAway = false;
    table.clock.pass(71_000);
    const gone = await consume(...batch);
    await consume(...batch, record('three'));

    expect([stays.length, gone]).toEqual([2, []]);
    expect(bodies()).toEqual(['Yes.', 'Yes.']);
    expect(queue.dead).toEqual([]);
  });
});
