import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Turn, userText } from '../../lambdas/whatsapp-replies/work/turn.ts';
import { TestProcess } from '../support/crash.ts';
import { aQueueMessage, aRecord } from '../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aConsumer } from './consuming.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const visibilityMs = 71_000;

/** A message that is a company's own; its id is its text. */
const aMessage = (text: string): SQSRecord =>
  aRecord(
    text,
    aQueueMessage({
      company_id: `of-${text}`,
      conversation_id: `k_${text}`,
      fields: { MessageSid: `SM${text}`, Body: text },
    }),
    { groupId: `k_${text}` },
  );

/** One invocation after the other, until the queue is empty; the text "killer" ends its process at once. */
async function worksOff(batch: SQSRecord[]) {
  const rounds: { done: string[]; dead: { id: string; code: string }[]; bodies: string[] }[] = [];
  for (let waiting = batch; waiting.length > 0 && rounds.length < 20; ) {
    const ids = waiting.map(({ messageId }) => messageId);
    const process = new TestProcess();
    const answer = (turn: Turn) =>
      userText(turn) === 'killer'
        ? process.crash()
        : process.call(async () => {
            await sleep(200);
            return userText(turn);
          });
    const { consume, queue, bodies } = aConsumer(table, { answer });
    const stays = (await process.outcome(consume(...waiting))) ?? ids;
    const done = ids.filter((id) => queue.deleted.includes(id) || !stays.includes(id));
    rounds.push({ done, dead: [...queue.dead], bodies: bodies() });
    waiting = waiting.filter(({ messageId }) => !done.includes(messageId));
    table.clock.pass(visibilityMs);
  }
  return rounds;
}

describe('a message that kills each invocation', () => {
  it('is a dead letter in the end, and leaves its neighbours in the batch answered', async () => {
    const rounds = await worksOff(['killer', 'one', 'two', 'three'].map(aMessage));

    const done = rounds.map((round) => round.done);
    expect(done.slice(0, 3).flat().toSorted()).toEqual(['one', 'three', 'two']);
    expect(done.slice(3)).toEqual([[], [], ['killer']]);
    expect(rounds.flatMap(({ dead }) => dead)).toMatchObject([{ id: 'killer', code: 'crashed' }]);
    expect(rounds.flatMap(({ bodies }) => bodies).toSorted()).toEqual(['one', 'three', 'two']);
  });
});
