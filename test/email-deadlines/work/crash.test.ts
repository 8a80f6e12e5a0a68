import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmailIn } from '../../../lambdas/email-deadlines/work/email.ts';
import { aCrashPoint, atEachCrashPoint, TestProcess } from '../../support/crash.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { anEmail, anEmailWorld, aRun } from '../email-world.ts';

let table: TestTable;
let run = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const newRun = (dependency_kind: 'order' | 'content') => {
  run += 1;
  return aRun({ run_id: `run-${run}`, dependency_kind });
};

/** Emails of which each may wait for any before it. */
const graphs = fc
  .array(fc.array(fc.nat({ max: 6 }), { maxLength: 2 }), { minLength: 1, maxLength: 7 })
  .map((lists) =>
    lists.map((list, n) =>
      anEmail(`e${n}`, {
        dependencies: [...new Set(list.filter((m) => m < n))].map((m) => `e${m}`),
      }),
    ),
  );

const crashes = fc.array(aCrashPoint(40), { maxLength: 4 });

function expectOrder(emails: EmailIn[], accepted: string[]): void {
  const at = new Map(accepted.map((id, index) => [id, index]));
  for (const { email_id, dependencies } of emails) {
    for (const parent of dependencies ?? []) {
      expect(at.get(parent)).toBeLessThan(at.get(email_id) ?? Infinity);
    }
  }
}

describe.each(['order', 'content'] as const)('a run of %s', (kind) => {
  it('sends each email once and never before those it waits for, whenever its functions die', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, crashes, async (emails, points) => {
        const world = await anEmailWorld(table, emails, newRun(kind));

        for (const point of points) await world.invoke(new TestProcess([point]));
        await world.workOff();

        const ids = world.acceptedIds();
        expect(ids.toSorted()).toEqual(emails.map(({ email_id }) => email_id).toSorted());
        expectOrder(emails, ids);
        const stored = await world.runs.allEmails(world.run);
        expect(stored.every(({ state }) => state === 'sent')).toBe(true);
        expect(world.dead).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a single email', () => {
  it('is sent once, whichever of the calls for it is the last of a process', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const world = await anEmailWorld(table, [anEmail('only')], newRun('order'));

      await world.invoke(process);
      await world.workOff();

      expect(world.acceptedIds()).toEqual(['only']);
      expect(new Set(world.posts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      expect((await world.email('only'))?.state).toBe('sent');
    });
    expect(calls).toBeGreaterThanOrEqual(7);
  });
});
