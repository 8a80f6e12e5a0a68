import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { dataOf, notesApp, problemOf, type View } from './notes-app.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const someNotes = () => notesApp(table);

describe('a resource', () => {
  it('is made under an id of its own, and answered as it is kept', async () => {
    const { post, at } = someNotes();

    const made = await post({ text: 'Hi' });
    const view = await dataOf<View>(made);

    const now = new Date(table.clock.now()).toISOString();
    expect(made.status).toBe(201);
    expect(view).toMatchObject({ text: 'Hi', tags: [], version: 1, created_at: now });
    expect(made.headers.get('location')).toBe(`/notes/${view.id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(await dataOf(await at(view.id, 'GET'))).toEqual(view);
  });

  it('is replaced as a whole, and updated field by field', async () => {
    const { make, at } = someNotes();
    const { id } = await make({ text: 'Hi', colour: 'red', tags: ['a'] });

    const updated = await dataOf(await at(id, 'PATCH', { tags: ['b'], colour: null }));
    const replaced = await at(id, 'PUT', { text: 'Ho' });

    expect(updated).toMatchObject({ text: 'Hi', tags: ['b'], version: 2 });
    expect(updated).not.toHaveProperty('colour');
    expect(replaced.headers.get('etag')).toBe('"3"');
    expect(await dataOf(replaced)).toMatchObject({ text: 'Ho', tags: [], version: 3 });
  });

  it('is gone once it is deleted, and its changes stay', async () => {
    const { make, at, ask, textsIn } = someNotes();
    const { id } = await make({ text: 'Hi' });

    const deleted = await at(id, 'DELETE');

    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE']) expect((await at(id, method)).status).toBe(404);
    expect((await at(id, 'PUT', { text: 'Ho' })).status).toBe(404);
    expect(await textsIn('')).toEqual([]);
    expect(await dataOf(await ask('GET', `/notes/${id}/changes`))).toMatchObject([
      { id, version: 2, action: 'deleted', before: { text: 'Hi' } },
      { id, version: 1, action: 'set' },
    ]);
  });

  it('is not there for another tenant, whatever it asks', async () => {
    const [ours, theirs] = [someNotes(), someNotes()];
    const { id } = await ours.make({ text: 'Hi' });

    const answers = [
      await theirs.at(id, 'GET'),
      await theirs.at(id, 'PUT', { text: 'x' }),
      await theirs.at(id, 'PATCH', { text: 'x' }),
      await theirs.at(id, 'DELETE'),
      await theirs.ask('GET', `/notes/${id}/changes`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(await theirs.textsIn(`?cursor=${id}`)).toEqual([]);
    expect(await dataOf(await ours.at(id, 'GET'))).toMatchObject({ text: 'Hi', version: 1 });
  });

  it('is reached under the prefix of the platform too', async () => {
    const { ask } = someNotes();

    const made = await ask('POST', '/api/2024-06/notes', { body: { text: 'Hi' } });
    const { id } = await dataOf<View>(made);

    expect((await ask('GET', `/api/2024-06/notes/${id}`)).status).toBe(200);
    expect((await ask('GET', `/notes/${id}`)).status).toBe(200);
  });
});

describe('who may do what with a resource', () => {
  it.each([
    ['GET', '', 'leads:write'],
    ['POST', '', 'leads:read'],
    ['GET', '/1', 'leads:write'],
    ['PUT', '/1', 'leads:read'],
    ['PATCH', '/1', 'leads:read'],
    ['DELETE', '/1', 'leads:read'],
    ['GET', '/1/changes', 'leads:write'],
  ] as const)('%s /notes%s takes more than %s', async (method, path, scope) => {
    const response = await someNotes().ask(method, `/notes${path}`, { scopes: [scope] });

    expect(response.status).toBe(403);
    expect(await problemOf(response)).toMatchObject({ success: false, type: 'forbidden' });
  });
});

describe('what is wrong with a resource', () => {
  const faulty = { text: '', colour: 'blue', size: 1 };
  const faults = { '#/text': 'It must', '#/colour': 'Expected one of', '#/size': 'There is no' };

  it.each(['POST', 'PUT', 'PATCH'])('is told field by field, to %s', async (method) => {
    const { make, ask } = someNotes();
    const { id } = await make({ text: 'Hi' });

    const response = await ask(method, method === 'POST' ? '/notes' : `/notes/${id}`, {
      body: faulty,
    });
    const { success, errors } = (await problemOf(response)) as {
      success?: boolean;
      errors?: { pointer: string; detail: string }[];
    };

    expect([response.status, success]).toEqual([422, false]);
    expect(
      Object.fromEntries(errors?.map(({ pointer, detail }) => [pointer, detail]) ?? []),
    ).toEqual(
      Object.fromEntries(
        Object.entries(faults).map(([pointer, begin]) => [pointer, expect.stringContaining(begin)]),
      ),
    );
  });

  it.each([
    [{ text: null }, '#/text', 'It is missing.'],
    [{ color: null, colour: null }, '#/color', 'There is no such field.'],
  ])('is a null that takes no field away: %j', async (patch, pointer, detail) => {
    const { make, at } = someNotes();
    const { id } = await make({ text: 'Hi' });

    const response = await at(id, 'PATCH', patch);

    expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ pointer, detail }] });
    expect(await dataOf(await at(id, 'GET'))).toMatchObject({ text: 'Hi', version: 1 });
  });

  it.each([
    ['no JSON', '{', 400],
    ['a list', '[]', 422],
    ['more than its bytes', JSON.stringify({ text: 'x', tags: ['x'.repeat(200)] }), 413],
  ])('is answered as of every route: %s', async (_, body, status) => {
    const { make, at, post } = someNotes();
    const { id } = await make({ text: 'Hi' });

    expect((await post(body)).status).toBe(status);
    expect((await at(id, 'PATCH', body)).status).toBe(status);
  });

  it('is its size, also where updates make it grow', async () => {
    const { make, at } = someNotes();
    const { id } = await make({ text: 'Hi', tags: ['x'.repeat(150)] });

    const response = await at(id, 'PATCH', { colour: 'green', text: 'A text that is long.' });

    expect([response.status, (await at(id, 'PATCH', { colour: 'green' })).status]).toEqual([
      413, 200,
    ]);
  });

  it.each(['1', '%20', 'NOTE%23', '..%2Fnotes'])('is an id that cannot be one: %s', async (id) => {
    const response = await someNotes().at(id, 'GET');

    expect(await problemOf(response)).toMatchObject({
      success: false,
      type: 'not-found',
      detail: 'There is no such note.',
    });
  });
});

describe('a precondition of a change', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])(
    'lets %s through at the version that was read alone',
    async (method) => {
      const { make, at } = someNotes();
      const { id } = await make({ text: 'Hi' });
      const body = method === 'DELETE' ? undefined : { text: 'Ho' };

      const stale = await at(id, method, body, { 'if-match': '"2"' });
      const unreadable = await at(id, method, body, { 'if-match': 'W/"1"' });
      const current = await at(id, method, body, { 'if-match': '"1"' });

      expect(await problemOf(stale)).toMatchObject({ status: 412, type: 'precondition-failed' });
      expect(unreadable.status).toBe(412);
      expect(current.ok).toBe(true);
    },
  );

  it('lets one of several changes through that were made upon the same version', async () => {
    const { make, at } = someNotes();
    const { id } = await make({ text: 'Hi' });

    const answers = await Promise.all(
      ['a', 'b', 'c'].map((text) => at(id, 'PUT', { text }, { 'if-match': '"1"' })),
    );

    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412, 412]);
  });
});

describe('the list of a resource', () => {
  it('has the newest first, page by page', async () => {
    const { make, ask } = someNotes();
    for (const text of ['a', 'b', 'c']) {
      await make({ text });
      table.clock.pass(1);
    }

    const first = await ask('GET', '/notes?limit=2');
    const { next_cursor } = (await first.clone().json()) as { next_cursor: string };
    const second = await ask('GET', `/notes?limit=2&cursor=${next_cursor}`);

    expect(await dataOf(first)).toMatchObject([{ text: 'c' }, { text: 'b' }]);
    expect(await second.json()).toMatchObject({
      success: true,
      data: [{ text: 'a' }],
      next_cursor: null,
    });
  });

  it('is narrowed by the fields that are declared, to values and to what lists have', async () => {
    const { make, textsIn } = someNotes();
    await make({ text: 'a', colour: 'red', tags: ['x', 'y'] });
    await make({ text: 'b', colour: 'red', tags: ['y'] });
    await make({ text: 'c' });

    expect((await textsIn('?colour=red')).sort()).toEqual(['a', 'b']);
    expect(await textsIn('?colour=red&tags=x')).toEqual(['a']);
    expect(await textsIn('?tags=z')).toEqual([]);
    expect(await textsIn('?colour=undefined')).toEqual([]);
    expect((await textsIn('?text=a')).length).toBe(3);
  });
});
