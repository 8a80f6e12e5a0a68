import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnStore } from '../../../lambdas/whatsapp-replies/stores/turn-store.ts';
import type { Turn } from '../../../lambdas/whatsapp-replies/work/turn.ts';
import { days } from '../../support/clock.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { failingTable, startTestTable, type TestTable } from '../../support/table.ts';
import { anInput, aTurn } from '../vendors/a-turn.ts';

let table: TestTable;
let turns = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A turn with an id of its own, over messages of its own. */
function aNewTurn(messages = 1): Turn {
  turns += 1;
  const sids = Array.from({ length: messages }, (_, index) => `SM${turns}-${index}`);
  const inputs = sids.map((message_sid) => anInput({ message_sid }));
  return aTurn({ turn_id: sids[0], inputs });
}

describe('a turn', () => {
  it('knows its own save again when the answer to it was lost', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);

    const saved = await turnStore(withLostAnswers(table)).saveTurn({ ...turn, state: 'run' });

    expect(saved.version).toBe(1);
    expect(await store.turnOf(turn)).toEqual(saved);
    expect((await store.saveTurn(saved)).version).toBe(2);
  });

  it('is there to be read when the answer to its creation was lost', async () => {
    const store = turnStore(withLostAnswers(table));
    const turn = aNewTurn();

    const created = await store.createTurn(turn);

    expect(created).toBe(false);
    expect(await store.turnOf(turn)).toEqual(turn);
  });

  it('expires with the retention, and its id may be used again', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);
    table.clock.pass(days(90) + 1_000);

    const before = await store.turnOf(turn);
    const created = await store.createTurn(turn);

    expect(before).toBeUndefined();
    expect(created).toBe(true);
    expect(await store.turnOf(turn)).toEqual(turn);
  });

  it('lives on with each save', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);
    table.clock.pass(days(80));
    await store.saveTurn(turn);
    table.clock.pass(days(80));

    expect(await store.turnOf(turn)).toBeDefined();
  });

  it('tells that the table is away as an error to be tried again', async () => {
    const store = turnStore(failingTable(table));
    const turn = aNewTurn();

    const calls = [
      () => store.turnOf(turn),
      () => store.createTurn(turn),
      () => store.saveTurn(turn),
      () => store.mergeInto(turn, 'SMother'),
    ];

    for (const call of calls) await expect(call()).rejects.toMatchObject({ next: 'retry' });
  });
});

describe('a message that is merged into another message’s turn', () => {
  it('may be merged again into the same turn, also when an answer was lost', async () => {
    const store = turnStore(withLostAnswers(table));
    const turn = aNewTurn(2);

    const owners = [await store.mergeInto(turn, 'SMagain'), await store.mergeInto(turn, 'SMagain')];

    expect(owners).toEqual([turn.turn_id, turn.turn_id]);
  });
});

describe('a message whose old turn has expired', () => {
  it('is merged into the new one, though the old item is not deleted yet', async () => {
    const store = turnStore(table);
    const [old, fresh] = [aNewTurn(), aNewTurn(2)];
    await store.createTurn(old);
    table.clock.pass(days(91));

    expect(await store.mergeInto(fresh, old.turn_id)).toBe(fresh.turn_id);
  });
});
