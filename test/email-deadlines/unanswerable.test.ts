import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { aStart, begunBesideGoodOnes } from './starting.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const odd = (fields: object) => ({ ...anEmail('odd'), ...fields });
const begun = (...mail: unknown[]) => begunBesideGoodOnes(table, mail);
const { body: _, ...withoutBody } = anEmail('odd');

describe('an email that cannot be answered', () => {
  it.each([
    ['a deadline that is null', { deadline: null }, 'deadline: Expected number, got null.'],
    ['a deadline in words', { deadline: 'soon' }, 'deadline: Expected number, got string.'],
    ['a deadline in years', { deadline: 1e12 }, 'deadline: It must be at most 31536000.'],
    ['a subject that is a number', { subject: 7 }, 'subject: Expected string, got number.'],
    ['a long subject', { subject: 'x'.repeat(1_001) }, 'subject: It must have at most 1000'],
    ['a long body', { body: 'x'.repeat(50_001) }, 'body: It must have at most 50000 characters.'],
    ['odd dependencies', { dependencies: { on: 'g1' } }, 'dependencies: It fits none of the'],
    [
      'more than an item holds',
      {
        body: '注'.repeat(50_000),
        dependencies: Array.from({ length: 999 }, (_, n) => `${n}-${'注'.repeat(100)}`),
      },
      'With what it waits for, an email may have 250000 bytes.',
    ],
  ])('fails alone for %s, and those behind it say so', async (_name, fields, reason) => {
    const { run, failed, enqueued } = await begun(
      odd(fields),
      anEmail('behind', { dependencies: ['odd', 'g1'] }),
    );

    expect(enqueued).toEqual(['behind', 'g1', 'g2', 'g3']);
    expect(failed).toMatchObject([
      { email_id: 'odd', reason: expect.stringContaining(`email_invalid: #/3`) },
    ]);
    expect(failed[0]?.reason).toContain(reason);
    expect(await run.email('odd')).toMatchObject({ state: 'failed', reason: failed[0]?.reason });
    expect((await run.email('behind'))?.notes).toEqual([
      'dependency_failed: odd cannot be answered, and is not waited for.',
    ]);
    expect(await run.stored()).toMatchObject({
      state: 'running',
      fetched: 5,
      waiting: 4,
      failed: 1,
    });
  });

  it('fails alone without a body', async () => {
    const { failed } = await begun(withoutBody);

    expect(failed).toMatchObject([{ reason: 'email_invalid: #/3/body: It is missing.' }]);
  });

  it.each([
    ['T#7', 'T#7'],
    [7, '7'],
    ['x'.repeat(140), 'x'.repeat(140)],
    ['x'.repeat(5_000), 'x'.repeat(256)],
    ['a\nb', 'a\nb'],
    ['\ud83d', '\ufffd'],
    ['', ''],
    [null, '#/3'],
    [{}, '#/3'],
  ])('fails alone for the id %j, at its place', async (email_id, shown) => {
    const { run, failed, enqueued } = await begun(odd({ email_id }));

    expect(enqueued).toEqual(['g1', 'g2', 'g3']);
    expect(failed).toMatchObject([
      { email_id: shown, reason: expect.stringContaining('email_invalid: #/3/email_id: ') },
    ]);
    expect(await run.email('#/3')).toMatchObject({ state: 'failed', mailbox_id: shown });
    expect(await run.store.emailAtItsPlace({ ...run.key, email_id: shown })).toBeDefined();
  });

  it.each([[null], [7], ['text'], [[]], [[1]]])('fails alone where it is %j', async (entry) => {
    const { failed, enqueued } = await begun(entry);

    expect(enqueued).toEqual(['g1', 'g2', 'g3']);
    expect(failed).toMatchObject([
      { email_id: '#/3', reason: expect.stringContaining('email_invalid: #/3') },
    ]);
  });

  it('fails with the others of a cycle, and what waits for them continues', async () => {
    const { failed, enqueued } = await begun(
      anEmail('self', { dependencies: ['self'] }),
      anEmail('a', { dependencies: ['b'] }),
      anEmail('b', { dependencies: ['a'] }),
      anEmail('behind', { dependencies: ['b', 'g1'] }),
    );

    expect(enqueued).toEqual(['behind', 'g1', 'g2', 'g3']);
    expect(failed).toMatchObject([
      { email_id: 'a', reason: expect.stringMatching(/^email_cycle: Email a waits for b, which/) },
      { email_id: 'b', reason: expect.stringMatching(/^email_cycle: Email a waits for b, which/) },
      {
        email_id: 'self',
        reason: expect.stringMatching(/^email_cycle: Email self waits for itself/),
      },
    ]);
  });

  it('is the second of two that are the same; the first is answered', async () => {
    const { run, failed, enqueued } = await begun(anEmail('g1'));

    expect(enqueued).toEqual(['g1', 'g2', 'g3']);
    expect(failed).toMatchObject([
      { email_id: 'g1', reason: expect.stringContaining('email_repeated: Its id is there more') },
    ]);
    expect(await run.email('#/3')).toMatchObject({ state: 'failed', mailbox_id: 'g1' });
    expect(await run.email('g1')).toMatchObject({ state: 'waiting' });
  });

  it('is each of two that differ, as a reply could reach the wrong person', async () => {
    const { failed, enqueued } = await begun(
      anEmail('g1', { body: 'Something else' }),
      anEmail('behind', { dependencies: ['g1'] }),
    );

    expect(enqueued).toEqual(['behind', 'g2', 'g3']);
    expect(failed.map(({ email_id }) => email_id)).toEqual(['g1', 'g1']);
  });

  it('is none of two whose ids differ by spaces, or by how a letter is encoded', async () => {
    const { run, failed, enqueued } = await begun(
      anEmail('g1 ', { body: 'Something else' }),
      anEmail('caf\u00e9'),
      anEmail('cafe\u0301'),
      anEmail('behind', { dependencies: [' g1 ', 'cafe\u0301'] }),
    );

    expect(failed).toEqual([]);
    expect(enqueued).toEqual(['#/3', '#/5', 'behind', 'caf\u00e9', 'g1', 'g2', 'g3']);
    expect(await run.email('#/3')).toMatchObject({ mailbox_id: 'g1 ', body: 'Something else' });
    expect((await run.email('behind'))?.dependencies).toEqual(['g1', 'caf\u00e9']);
  });

  it('leaves a run that has no others completed', async () => {
    const run = await aStart(table, { mail: [null, odd({ deadline: null })] });

    await run.start();

    expect(await run.stored()).toMatchObject({ state: 'completed', fetched: 2, failed: 2 });
    expect([run.enqueued(), run.watches]).toEqual([[], []]);
    expect(await run.store.tally(run.key)).toMatchObject({ fetched: 2, failed: 2, waiting: 0 });
  });

  it('is logged by its kind, without its words', async () => {
    const { run } = await begun(odd({ deadline: null, body: 'A secret' }), null);

    expect(run.log.saying('cannot be answered')).toHaveLength(1);
    expect(run.log.saying('cannot be answered')[0]?.details).toMatchObject({ email_invalid: 2 });
    expect(run.log.text()).not.toContain('secret');
  });
});
