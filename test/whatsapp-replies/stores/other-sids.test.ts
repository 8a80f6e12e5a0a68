import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { days } from '../../support/clock.ts';
import { replyStore } from '../../support/reply-table.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { aPart, aTurn } from '../vendors/a-turn.ts';

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

describe('the SIDs that others have', () => {
  const own = '2026-11-21T10:00:02.000Z#SM9.1';
  const since = () => table.clock.now() - 5_000;

  it('are none of another conversation, nor those of days ago', async () => {
    const store = replyStore(table);
    const turn = aTurn({ conversation_id, parts: [aPart()] });
    await store.createTurn(turn);
    await store.createTurn(aTurn({ conversation_id: `${conversation_id}x`, parts: [aPart()] }));

    const elsewhere = await store.otherSids(
      aTurn({ conversation_id: `${conversation_id}y` }),
      own,
      since(),
    );
    table.clock.pass(days(1));
    const later = await store.otherSids(turn, own, since());

    expect([elsewhere, later]).toEqual([new Set(), new Set()]);
  });

  it('are found however long the conversation is', async () => {
    const store = replyStore(table);
    const body = 'x'.repeat(300_000);
    for (const n of [1, 2, 3, 4, 5]) {
      const turn_id = `SM${n}`;
      const part = aPart({ body, message_key: turn_id, message_sid: `SMsent${n}` });
      await store.createTurn(aTurn({ conversation_id, turn_id, parts: [part] }));
    }

    const others = await store.otherSids(aTurn({ conversation_id }), own, 0);

    expect(others.size).toBe(5);
  });

  it('are read again later while the table is away', async () => {
    const store = replyStore(failingTable(table));

    const others = store.otherSids(aTurn({ conversation_id }), own, 0);

    await expect(others).rejects.toMatchObject({ code: 'store', next: 'retry' });
  });
});
