import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aMail, aRunsApp, detailsOf, faultsOf } from './runs-app.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** What is refused leaves nothing behind. */
async function refused(body: unknown, status: number, headers: Record<string, string> = {}) {
  const app = aRunsApp(table);
  const before = (await table.items()).length;
  const response = await app.post(body, { headers });
  expect(response.status).toBe(status);
  expect(app.started).toEqual([]);
  expect((await table.items()).length).toBe(before);
  return response;
}

describe('a request that cannot be read', () => {
  it.each([
    ['no JSON', '{"emails": [', 400, 'malformed-json'],
    ['nothing', '', 400, 'malformed-json'],
    ['more than 5 MB', `"${'x'.repeat(5_000_000)}"`, 413, 'body-too-large'],
  ])('is refused: %s', async (_, body, status, type) => {
    const response = await refused(body, status);

    expect(await response.json()).toMatchObject({ type: `urn:replies-engine:error:${type}` });
  });

  it('is refused in another type than JSON', async () => {
    const response = await refused({ emails: [] }, 415, { 'content-type': 'text/plain' });

    expect(await response.json()).toMatchObject({
      type: 'urn:replies-engine:error:unsupported-media-type',
    });
  });
});

describe('an option in the query in place of the body', () => {
  it('is refused, and not passed over', async () => {
    const app = aRunsApp(table);

    const response = await app.post({ emails: [aMail('e1')] }, { query: '?send=just_in_time' });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: 'send', detail: 'It belongs in the body here.' }],
    });
    expect(app.started).toEqual([]);
  });
});

describe('the fields of a run', () => {
  const { body: _, ...withoutBody } = aMail('e1');

  it.each([
    ['a deadline of 0', aMail('e1', { deadline: 0 }), '/deadline'],
    ['a deadline before now', aMail('e1', { deadline: -5 }), '/deadline'],
    ['a deadline as text', aMail('e1', { deadline: '60' }), '/deadline'],
    ['a deadline beyond a year', aMail('e1', { deadline: 31_536_001 }), '/deadline'],
    ['no body', withoutBody, '/body'],
    ['an empty id', aMail(''), '/email_id'],
    ['an id with a separator', aMail('e#1'), '/email_id'],
    ['an id of 129 characters', aMail('e'.repeat(129)), '/email_id'],
    ['a body of 50,001 characters', aMail('e1', { body: 'x'.repeat(50_001) }), '/body'],
    ['dependencies that are a number', aMail('e1', { dependencies: 7 }), '/dependencies'],
  ])('are refused with %s', async (_name, email, place) => {
    const faults = await faultsOf(await refused({ emails: [aMail('sound'), email] }, 422));

    expect(Object.keys(faults)).toEqual([`#/emails/1${place}`]);
  });

  it('are named all at once where they are wrong', async () => {
    const faults = await faultsOf(
      await refused(
        {
          emails: [aMail('e1', { deadline: 0, body: undefined }), aMail('e2', { subject: 7 })],
          send: 'now',
          concurrency_limit: 0,
          priority: 'high',
        },
        422,
      ),
    );

    expect(Object.keys(faults).sort()).toEqual([
      '#/concurrency_limit',
      '#/emails/0/body',
      '#/emails/0/deadline',
      '#/emails/1/subject',
      '#/priority',
      '#/send',
    ]);
    expect(faults['#/emails/0/body']).toBe('It is missing.');
    expect(faults['#/priority']).toBe('There is no such field.');
  });

  it('may be more than 10,000 emails in none', async () => {
    const emails = Array.from({ length: 10_001 }, (_, n) => ({
      email_id: `e${n}`,
      body: '',
      deadline: 9,
    }));

    expect(await faultsOf(await refused({ emails }, 422))).toEqual({
      '#/emails': 'It must have at most 10000 items.',
    });
  });
});

describe('what is wrong with a run', () => {
  const emails = [
    aMail('a', { dependencies: 'gone' }),
    aMail('b', { deadline: 0 }),
    aMail('c', { dependencies: ['b', 'c'] }),
    aMail(' a'),
    aMail('T#7'),
    null,
  ];

  it('is named all at once, each at its place', async () => {
    const faults = await faultsOf(await refused({ emails, send: 'now' }, 422));

    expect(faults).toEqual({
      '#/send': 'Expected one of asap, just_in_time.',
      '#/emails/0/dependencies': expect.stringContaining('Email a waits for gone'),
      '#/emails/1/deadline': 'It must be more than 0.',
      '#/emails/2/dependencies': expect.stringContaining('Email c waits for itself'),
      '#/emails/3/email_id': expect.stringContaining('Email a is there more than once'),
      '#/emails/4/email_id': expect.stringContaining('It may have no #'),
      '#/emails/5': 'Expected object, got null.',
    });
  });

  it.each(['later', null, true])('is an on_invalid of %j', async (on_invalid) => {
    const faults = await faultsOf(await refused({ emails: [], on_invalid }, 422));

    expect(Object.keys(faults)).toEqual(['#/on_invalid']);
  });

  it('is told the same way where refusing was asked for', async () => {
    const faults = await faultsOf(await refused({ emails, on_invalid: 'refuse' }, 422));

    expect(Object.keys(faults)).toHaveLength(6);
  });

  it('fails alone where skipping was asked for', async () => {
    const app = aRunsApp(table);

    const run = await app.start(emails, { on_invalid: 'skip' });
    const kept = await app.runs.find({ tenant_id: 'acme', run_id: run.run_id });

    expect(kept).toMatchObject({ on_invalid: 'skip', has_emails: true });
    expect(JSON.parse(await app.runs.given({ tenant_id: 'acme', run_id: run.run_id }))).toEqual(
      emails,
    );
    expect(run.cannot_be_met).toMatchObject([{ email_id: 'b' }]);
  });

  it('is told by the id that it was sent with where it cannot be on time', async () => {
    const list = [aMail('a'), aMail('a ', { deadline: 0.01 }), aMail(' b ', { deadline: 0 })];

    const run = await aRunsApp(table).start(list, { on_invalid: 'skip' });

    expect(run.cannot_be_met).toMatchObject([{ email_id: 'a ' }, { email_id: ' b ' }]);
  });

  it('is the whole of it where there are too many emails, or no list, also where skipping was asked for', async () => {
    for (const list of [Array(10_001).fill(null), 'none', undefined]) {
      const body = { emails: list, on_invalid: 'skip' };

      expect(Object.keys(await faultsOf(await refused(body, 422)))).toEqual(['#/emails']);
    }
  });
});

describe('the dependencies of a run', () => {
  it('are refused where they name no email, the email itself, or one of two', async () => {
    const emails = [
      aMail('a', { dependencies: 'gone' }),
      aMail('b', { dependencies: ['b'] }),
      aMail('c'),
      aMail('c'),
    ];

    const details = await detailsOf(await refused({ emails }, 422));

    expect(details).toEqual([
      expect.stringContaining('Email c is there more than once'),
      expect.stringContaining('Email a waits for gone, which is not in this run'),
      expect.stringContaining('Email b waits for itself'),
    ]);
  });

  it('are refused as a cycle by the way around it', async () => {
    const emails = [
      aMail('a', { dependencies: 'c' }),
      aMail('b', { dependencies: 'a' }),
      aMail('c', { dependencies: 'b' }),
      aMail('apart'),
    ];

    const details = await detailsOf(await refused({ emails }, 422));

    expect(details).toEqual([
      'Email a waits for c, which waits for b, which waits for a: remove one of the three dependencies.',
    ]);
  });

  it('may be a chain of all emails', async () => {
    const emails = Array.from({ length: 2_000 }, (_, n) =>
      aMail(`e${n}`, { deadline: 9_000, dependencies: n > 0 ? [`e${n - 1}`] : null }),
    );

    expect((await aRunsApp(table).post({ emails })).status).toBe(202);
  });
});

describe('an email that waits for more than an item can hold', () => {
  it('is refused, and told how many it may wait for', async () => {
    const dependencies = Array.from({ length: 1_001 }, (_, n) => `e${n}`);

    const response = await refused({ emails: [aMail('last', { dependencies })] }, 422);

    expect(JSON.stringify(await response.json())).toContain('at most 1000 others');
  });
});
