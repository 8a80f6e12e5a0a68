import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLostAnswers } from '../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail, anEmailWorld, aRun } from './email-world.ts';
import { aMail, aRunsApp, viewOf } from './runs-app.ts';

let table: TestTable;
let lossy: TestTable;

beforeAll(async () => {
  table = await startTestTable();
  lossy = withLostAnswers(table);
});

afterAll(() => table.close());

const away = { kind: 'unavailable', reason: 'it answered 503' } as const;
const refused = { kind: 'refused', reason: '400' } as const;

describe('a run whose writes are answered by nobody, and sent again', () => {
  it.each(['order', 'content'] as const)(
    'of %s has each email posted once, in order',
    async (dependency_kind) => {
      const emails = [
        anEmail('first'),
        anEmail('second', { dependencies: ['first'] }),
        anEmail('third', { dependencies: ['first', 'second'] }),
      ];
      const run = aRun({ run_id: `lossy-${dependency_kind}`, dependency_kind });
      const world = await anEmailWorld(lossy, emails, run);

      await world.workOff();

      expect(world.acceptedIds()).toEqual(['first', 'second', 'third']);
      expect(world.posts).toHaveLength(3);
      const stored = await world.runs.allEmails(world.run);
      expect(stored.map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
      expect(world.dead).toEqual([]);
    },
  );

  it.each([
    ['is sent after an outage', 'sent', (_: unknown, nth: number) => (nth < 4 ? away : undefined)],
    ['fails where it is refused', 'failed', () => refused],
  ] as const)('%s', async (_what, state, post) => {
    const run = aRun({ run_id: `lossy-${state}` });
    const world = await anEmailWorld(lossy, [anEmail('e1')], run, { post });

    await world.workOff();

    expect(await world.email('e1')).toMatchObject({ state });
    expect(world.accepted).toHaveLength(state === 'sent' ? 1 : 0);
  });

  it('is started once, and again under its key', async () => {
    const app = aRunsApp(lossy);
    const asking = { tenant: 'lossy', headers: { 'idempotency-key': 'lossy' } };

    const first = await app.post({ emails: [aMail('e1')] }, asking);
    const second = await app.post({ emails: [aMail('e1')] }, asking);

    expect([first.status, second.status]).toEqual([202, 202]);
    expect((await viewOf(second)).run_id).toBe((await viewOf(first)).run_id);
    expect(new Set(app.started.map(({ run_id }) => run_id)).size).toBe(1);
  });
});
