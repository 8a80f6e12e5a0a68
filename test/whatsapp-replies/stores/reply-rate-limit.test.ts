import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import { replyRateLimit } from '../../../lambdas/whatsapp-replies/stores/reply-rate-limit.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aTurn } from '../vendors/a-turn.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

describe('the replies of one conversation', () => {
  it('are sixty at once, and one a minute from then on', async () => {
    const tryAcquire = replyRateLimit(table);
    const turn = aTurn({ conversation_id: 'c_fast' });

    const waits: number[] = [];
    for (let n = 0; n <= limits.repliesAtOnce; n += 1) waits.push(await tryAcquire(turn));
    table.clock.pass(59_000);
    waits.push(await tryAcquire(turn));
    table.clock.pass(1_000);
    waits.push(await tryAcquire(turn), await tryAcquire(turn));

    expect(waits).toEqual([...Array(60).fill(0), 60, 1, 0, 60]);
  });

  it('are one a minute still when somebody has written all day and night', async () => {
    const spend = replyRateLimit(table);
    const turn = aTurn({ conversation_id: 'c_endless' });
    for (let n = 0; n < limits.repliesAtOnce; n += 1) await spend(turn);
    for (let hours = 0; hours < 25; hours += 0.5) {
      table.clock.pass(1_800_000);
      for (let n = 0; n < 30; n += 1) await spend(turn);
    }

    expect(await spend(turn)).toBe(60);
  });

  it('are counted across instances, for it alone', async () => {
    const [one, another] = [replyRateLimit(table), replyRateLimit(table)];
    const turn = aTurn({ conversation_id: 'c_shared' });
    for (let n = 0; n < limits.repliesAtOnce; n += 1) await (n % 2 ? one : another)(turn);

    const waits = [
      await one(turn),
      await another(aTurn({ conversation_id: 'c_other' })),
      await another(aTurn({ conversation_id: 'c_shared', company_id: 'other' })),
    ];

    expect(waits).toEqual([60, 0, 0]);
  });
});
