import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../../lambdas/whatsapp-replies/stores/keys.ts';
import { turnStore } from '../../../lambdas/whatsapp-replies/stores/turn-store.ts';
import { turnTaken } from '../../../lambdas/whatsapp-replies/work/ports.ts';
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
  it('is read as it was written', async () => {
    const store = turnStore(table);
    const turn = { ...aNewTurn(), run: { claimed_at: 1, run_id: 'resp_1' }, thread_id: 'conv_1' };

    const created = await store.createTurn(turn);

    expect(created).toBe(true);
    expect(await store.turnOf(turn)).toEqual(turn);
  });

  it('is unknown before it is created', async () => {
    expect(await turnStore(table).turnOf(aNewTurn())).toBeUndefined();
  });

  it('is created by one of many at the same time', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();

    const created = await Promise.all([1, 2, 3, 4].map(() => store.createTurn(turn)));

    expect(created.filter(Boolean)).toHaveLength(1);
  });

  it('is not created over one that has gone on', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);
    await store.saveTurn({ ...turn, state: 'sent' });

    const created = await store.createTurn(turn);

    expect(created).toBe(false);
    expect(await store.turnOf(turn)).toMatchObject({ state: 'sent', version: 1 });
  });

  it('gets a new version and time with each save', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);
    table.clock.pass(1_000);

    const first = await store.saveTurn({ ...turn, state: 'thread' });
    const second = await store.saveTurn({ ...first, state: 'run' });

    expect([first.version, second.version]).toEqual([1, 2]);
    expect(first.updated_at).toBe(new Date(table.clock.now()).toISOString());
    expect(await store.turnOf(turn)).toMatchObject({ state: 'run', version: 2 });
  });

  it('is not saved over what another invocation has written', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);
    await store.saveTurn({ ...turn, state: 'run' });

    const late = store.saveTurn({ ...turn, state: 'thread' });

    await expect(late).rejects.toMatchObject({ code: turnTaken, next: 'retry' });
    expect(await store.turnOf(turn)).toMatchObject({ state: 'run', version: 1 });
  });

  it('is saved by one of many at the same time', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();
    await store.createTurn(turn);

    const saves = await Promise.allSettled([1, 2, 3, 4].map(() => store.saveTurn(turn)));

    expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.turnOf(turn)).toMatchObject({ version: 1 });
  });

  it('is not saved where there is none', async () => {
    await expect(turnStore(table).saveTurn(aNewTurn())).rejects.toMatchObject({ code: turnTaken });
  });

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

describe('a message that another message’s turn covers', () => {
  it('leads to that turn', async () => {
    const store = turnStore(table);
    const turn = aNewTurn(2);
    const second = turn.inputs[1]?.message_sid ?? '';
    await store.createTurn(turn);

    const owner = await store.mergeInto(turn, second);

    expect(owner).toBe(turn.turn_id);
    expect(await store.turnOf({ ...turn, turn_id: second })).toEqual(turn);
  });

  it('is covered by its own turn without a note', async () => {
    const store = turnStore(table);
    const turn = aNewTurn();

    expect(await store.mergeInto(turn, turn.turn_id)).toBe(turn.turn_id);
    expect(await table.item(keys.turn(turn))).toBeUndefined();
  });

  it('stays with the first turn that covers it', async () => {
    const store = turnStore(table);
    const [first, second] = [aNewTurn(), aNewTurn()];

    await store.mergeInto(first, 'SMshared');
    const owner = await store.mergeInto(second, 'SMshared');

    expect(owner).toBe(first.turn_id);
  });

  it('stays with a turn of its own', async () => {
    const store = turnStore(table);
    const [own, other] = [aNewTurn(), aNewTurn()];
    await store.createTurn(own);

    const owner = await store.mergeInto(other, own.turn_id);

    expect(owner).toBe(own.turn_id);
    expect(await store.turnOf(own)).toEqual(own);
  });

  it('may be covered again by the same turn, also when an answer was lost', async () => {
    const store = turnStore(withLostAnswers(table));
    const turn = aNewTurn(2);

    const owners = [await store.mergeInto(turn, 'SMagain'), await store.mergeInto(turn, 'SMagain')];

    expect(owners).toEqual([turn.turn_id, turn.turn_id]);
  });

  it('has no turn when the covering one does not answer it after all', async () => {
    const store = turnStore(table);
    const turn = aNewTurn(1);
    await store.createTurn(turn);

    await store.mergeInto(turn, 'SMdropped');

    expect(await store.turnOf({ ...turn, turn_id: 'SMdropped' })).toBeUndefined();
    expect(await store.createTurn(aTurn({ turn_id: 'SMdropped' }))).toBe(true);
  });
});

describe('a message whose old turn has expired', () => {
  it('is covered by the new one, though the old item is not deleted yet', async () => {
    const store = turnStore(table);
    const [old, fresh] = [aNewTurn(), aNewTurn(2)];
    await store.createTurn(old);
    table.clock.pass(days(91));

    expect(await store.mergeInto(fresh, old.turn_id)).toBe(fresh.turn_id);
  });
});
