import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../support/clock.ts';
import { atEachCrashPoint } from '../../support/crash.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { dataOf, notesApp, problemOf, type View } from './notes-app.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const withKey = { 'idempotency-key': 'k' };
const note = { text: 'Hi' };

describe('an idempotency key of a resource that is made', () => {
  it('makes it once, and gives it as it is now', async () => {
    const { post, at, textsIn } = notesApp(table);
    const first = await post(note, withKey);
    const { id } = await dataOf<View>(first);
    await at(id, 'PATCH', { colour: 'red' });

    const second = await post({ text: 'Hi', tags: [] }, withKey);

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.headers.get('location')).toBe(`/notes/${id}`);
    expect(await dataOf(second)).toMatchObject({ id, colour: 'red', version: 2 });
    expect(await textsIn('')).toEqual(['Hi']);
  });

  it('makes it once, however many ask at the same time', async () => {
    const { post, textsIn } = notesApp(table);

    const answers = await Promise.all([1, 2, 3, 4].map(() => post(note, withKey)));
    const views = await Promise.all(answers.map((answer) => dataOf<View>(answer)));

    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 200, 201]);
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    expect(await textsIn('')).toEqual(['Hi']);
  });

  it('does not make again what was deleted', async () => {
    const { post, at, textsIn } = notesApp(table);
    const { id } = await dataOf<View>(await post(note, withKey));
    await at(id, 'DELETE');

    const again = await post(note, withKey);

    expect(await problemOf(again)).toMatchObject({
      status: 404,
      detail: 'The note that was made with this Idempotency-Key is deleted.',
    });
    expect(await textsIn('')).toEqual([]);
  });

  it('is refused for another request, and free for it a day later', async () => {
    const { post } = notesApp(table);
    await post(note, withKey);

    const other = await post({ text: 'Ho' }, withKey);
    table.clock.pass(days(1) + 1_000);
    const later = await post({ text: 'Ho' }, withKey);

    expect(await problemOf(other)).toMatchObject({ status: 409, type: 'idempotency-key-reused' });
    expect(later.status).toBe(201);
  });

  it('that was refused with its body is still free', async () => {
    const { post } = notesApp(table);

    const refused = await post({ text: '' }, withKey);

    expect([refused.status, (await post(note, withKey)).status]).toEqual([422, 201]);
  });

  it('that is missing makes each request a resource of its own', async () => {
    const { post, textsIn } = notesApp(table);

    await post(note);
    await post(note);

    expect(await textsIn('')).toEqual(['Hi', 'Hi']);
  });
});

describe('a resource whose request dies', () => {
  it('is made once, by the same request that comes again, wherever the first one died', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const dying = notesApp(process.client(table));
      await process.outcome(dying.post(note, withKey));
      const { post, textsIn, told } = notesApp(table, { tenant: dying.tenant });

      const again = await post(note, withKey);

      expect([200, 201]).toContain(again.status);
      expect(await textsIn('')).toEqual(['Hi']);
      expect(told).toMatchObject([{ action: 'created' }]);
    });

    expect(calls).toBe(4);
  });

  it('is changed as a whole or not at all, and its changes have no gap', async () => {
    await atEachCrashPoint(async (process) => {
      const { tenant, make, at, ask } = notesApp(table);
      const { id } = await make(note);
      const dying = notesApp(process.client(table), { tenant });
      await process.outcome(dying.at(id, 'PATCH', { text: 'Ho' }));
      const { text, version } = await dataOf<View>(await at(id, 'GET'));
      await at(id, 'DELETE');

      const changes = await dataOf<{ version: number }[]>(await ask('GET', `/notes/${id}/changes`));

      expect([1, 2]).toContain(version);
      expect(text).toBe(version === 1 ? 'Hi' : 'Ho');
      expect(changes.map((change) => change.version)).toEqual(version === 1 ? [2, 1] : [3, 2, 1]);
    });
  });
});

describe('a resource whose writes come twice because their answers are lost', () => {
  it('is made, changed and deleted once each', async () => {
    const { post, at, ask } = notesApp(withLostAnswers(table));

    const made = await post(note, withKey);
    const { id } = await dataOf<View>(made);
    const replaced = await at(id, 'PUT', { text: 'Ho' }, { 'if-match': '"1"' });
    const deleted = await at(id, 'DELETE', undefined, { 'if-match': '"2"' });
    const changes = await dataOf<{ version: number }[]>(await ask('GET', `/notes/${id}/changes`));

    expect([made.status, replaced.status, deleted.status]).toEqual([201, 200, 204]);
    expect(changes.map(({ version }) => version)).toEqual([3, 2, 1]);
  });
});

describe('whoever listens to a resource', () => {
  it('is told of each change that was made, and of no other', async () => {
    const { post, make, at, told } = notesApp(table);
    const { id } = await make(note);
    await at(id, 'PUT', { text: 'Ho' });
    await at(id, 'PUT', { text: 'Ha' }, { 'if-match': '"1"' });
    await post({ text: '' });
    await at(id, 'DELETE');

    expect(told).toMatchObject([
      { action: 'created', stored: { id, version: 1, body: { text: 'Hi' } } },
      { action: 'updated', stored: { id, version: 2, body: { text: 'Ho' } } },
      { action: 'deleted', stored: { id, version: 3 } },
    ]);
  });

  it('is told when the request comes again, where it could not be told before', async () => {
    let isAway = true;
    const { post, told } = notesApp(table, {
      async listen() {
        if (isAway) throw new Error('The bus is away.');
      },
    });

    const failed = await post(note, withKey);
    isAway = false;
    const again = await post(note, withKey);

    expect(await problemOf(failed)).toMatchObject({ status: 503, success: false });
    expect(again.status).toBe(200);
    expect(told).toMatchObject([{ action: 'created' }]);
  });
});
