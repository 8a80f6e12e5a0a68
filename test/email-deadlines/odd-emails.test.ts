import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { aStart, begunBesideGoodOnes, goodEmails } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const odd = (fields: object) => ({ ...anEmail('odd'), ...fields });
const begun = (...mail: unknown[]) => begunBesideGoodOnes(table, mail);

describe('an email that can be answered as it is meant', () => {
  it.each([
    ['subject null', { subject: null }, { subject: '' }],
    ['body null', { body: null }, { body: '' }],
    ['half a character in its text', { body: 'Hi \ud83d' }, { body: 'Hi \ufffd' }],
    ['dependencies that are null', { dependencies: null }, { dependencies: [] }],
    ['a dependency that is null', { dependencies: [null, 'g1'] }, { dependencies: ['g1'] }],
    ['a dependency with spaces', { dependencies: [' g1 ', '\tg1'] }, { dependencies: ['g1'] }],
    ['an id with spaces', { email_id: ' odd ' }, { mailbox_id: ' odd ' }],
  ])('is answered with %s', async (_name, fields, stored) => {
    const { run, failed, enqueued } = await begun(odd(fields));

    expect([failed, enqueued]).toEqual([[], ['g1', 'g2', 'g3', 'odd']]);
    expect(await run.email('odd')).toMatchObject({ state: 'waiting', ...stored });
  });

  it.each([
    ['30', 30],
    [' 2.5 ', 2.5],
    ['+30', 30],
    ['.5', 0.5],
    ['30.', 30],
    ['1e3', 1_000],
    ['2.5E+1', 25],
    [0, 0],
    [-7, -7],
    ['-7', -7],
    [-1e300, -31_536_000],
  ])('is due after %j as after that many seconds, also where that is over', async (deadline, s) => {
    const { run, enqueued } = await begun(odd({ deadline }));

    expect(enqueued).toContain('odd');
    expect((await run.email('odd'))?.deadline_at).toBe(table.clock.now() + 1_000 * s);
  });

  it.each(['last-week', 'None', 'null', '-', 7])(
    'does not wait for %j, which is not in its run, and says so',
    async (other) => {
      const { run, failed, enqueued } = await begun(odd({ dependencies: [other, 'g1'] }));

      expect([failed, enqueued]).toEqual([[], ['g1', 'g2', 'g3', 'odd']]);
      expect(await run.email('odd')).toMatchObject({
        dependencies: ['g1'],
        waiting_for: new Set(['g1']),
        notes: [`dependency_unknown: ${other} is not in this run, and is not waited for.`],
      });
    },
  );

  it('says of many and of long dependencies what there is room for', async () => {
    const dependencies = Array.from({ length: 900 }, (_, n) => `${n}-${'x'.repeat(120)}`);

    const { run } = await begun(odd({ dependencies }));
    const { notes = [] } = (await run.email('odd')) ?? {};

    expect(notes).toHaveLength(21);
    expect(notes.at(-1)).toBe('880 more are not waited for.');
  });
});

describe('the emails of a request', () => {
  const mail = [...goodEmails, odd({ deadline: 0 }), odd({ email_id: 'T#7' })];

  it('fail as a whole where that was not asked for otherwise', async () => {
    const run = await aStart(table, { given: mail });

    await run.start();

    expect(await run.stored()).toMatchObject({
      state: 'failed',
      problem: {
        errors: [
          '#/3/deadline: It must be more than 0.',
          '#/4/email_id: It may have no #, no control characters and no halves of characters.',
        ],
      },
    });
  });

  it('fail alone where that was asked for', async () => {
    const run = await aStart(table, { given: mail, run: { on_invalid: 'skip' } });

    await run.start();

    expect(run.enqueued().toSorted()).toEqual(['g1', 'g2', 'g3', 'odd']);
    expect(await run.stored()).toMatchObject({ fetched: 5, failed: 1 });
  });
});
