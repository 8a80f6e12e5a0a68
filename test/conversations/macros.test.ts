import { describe, expect, it } from 'vitest';
import { conversations, faultsOf } from './conversations-app.ts';

const asking = conversations();
const macro = { title: 'Opening hours', text: 'We are open from 9 to 17.', tags: ['hours'] };

describe('a macro', () => {
  it('is made, changed, listed and deleted', async () => {
    const ask = asking();

    const made = await ask('POST', '/macros', { body: macro });
    const { data } = (await made.json()) as { data: { id: string } };
    const changed = await ask('PATCH', `/macros/${data.id}`, { body: { text: 'From 8 to 18.' } });
    const listed = await ask('GET', '/api/2024-06/macros');
    const deleted = await ask('DELETE', `/macros/${data.id}`);
    const changes = await ask('GET', `/macros/${data.id}/changes`);

    expect(made.status).toBe(201);
    expect(await changed.json()).toMatchObject({
      success: true,
      data: { ...macro, text: 'From 8 to 18.', version: 2, updated_by: expect.any(String) },
    });
    expect(await listed.json()).toMatchObject({ success: true, data: [{ id: data.id }] });
    expect(deleted.status).toBe(204);
    expect(await changes.json()).toMatchObject({ data: [{ version: 3 }, { version: 2 }, {}] });
  });

  it('is found by a tag', async () => {
    const ask = asking();
    await ask('POST', '/macros', { body: macro });
    await ask('POST', '/macros', { body: { ...macro, title: 'Thanks', tags: ['polite', 'end'] } });

    const found = await ask('GET', '/macros?tags=end');

    expect(await found.json()).toMatchObject({ data: [{ title: 'Thanks' }], next_cursor: null });
  });

  it.each([
    [{ title: ' ' }, '#/title', 'It must have at least 1 character.'],
    [{ title: 'Two\nlines' }, '#/title', 'It may have no line breaks and no control characters.'],
    [{ title: 'x'.repeat(201) }, '#/title', 'It must have at most 200 characters.'],
    [{ text: '' }, '#/text', 'It is empty.'],
    [{ text: ' \n ' }, '#/text', 'It is empty.'],
    [{ text: 'x'.repeat(10_001) }, '#/text', 'It must have at most 10000 characters.'],
    [{ tags: [' '] }, '#/tags/0', 'It is empty.'],
    [{ tags: 'hours' }, '#/tags', 'Expected array, got string.'],
    [{ shortcut: 'h' }, '#/shortcut', 'There is no such field.'],
  ])('is refused with %j', async (fields, pointer, detail) => {
    const response = await asking()('POST', '/macros', { body: { ...macro, ...fields } });

    expect(response.status).toBe(422);
    expect(await faultsOf(response)).toEqual({ [pointer]: detail });
  });

  it('is none of a visitor’s business', async () => {
    const response = await asking()('GET', '/macros', { role: 'Visitor', scopes: ['api:read'] });

    expect(response.status).toBe(403);
  });
});
