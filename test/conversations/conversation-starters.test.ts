import { describe, expect, it } from 'vitest';
import { conversations, faultsOf } from './conversations-app.ts';

const asking = conversations();
const starter = { text: 'Where is my order?', language: 'en', pages: ['/orders'] };

describe('a conversation starter', () => {
  it('is made, replaced, listed and deleted', async () => {
    const ask = asking();

    const made = await ask('POST', '/conversation-starters', { body: starter });
    const { data } = (await made.json()) as { data: { id: string } };
    const path = `/conversation-starters/${data.id}`;
    const replaced = await ask('PUT', path, {
      body: { text: 'Wo ist mein Paket?', language: 'de' },
    });
    const listed = await ask('GET', '/api/2024-06/conversation-starters');
    const deleted = await ask('DELETE', path);

    expect(made.headers.get('location')).toBe(path);
    expect(await replaced.json()).toMatchObject({
      data: { language: 'de', pages: [], version: 2 },
    });
    expect(await listed.json()).toMatchObject({ success: true, data: [{ id: data.id }] });
    expect([deleted.status, (await ask('GET', path)).status]).toEqual([204, 404]);
  });

  it('is found by its language and by a page on which it is offered', async () => {
    const ask = asking();
    await ask('POST', '/conversation-starters', { body: starter });
    await ask('POST', '/conversation-starters', { body: { ...starter, language: 'pt-BR' } });
    await ask('POST', '/conversation-starters', { body: { ...starter, pages: ['/', '/help'] } });

    const found = async (query: string) => {
      const response = await ask('GET', `/conversation-starters?${query}`);
      return ((await response.json()) as { data: unknown[] }).data;
    };

    expect(await found('language=en')).toHaveLength(2);
    expect(await found('language=en&pages=/help')).toMatchObject([{ pages: ['/', '/help'] }]);
    expect(await found('language=pt')).toEqual([]);
  });

  it.each([
    [{ text: ' ' }, '#/text', 'It is empty.'],
    [{ text: 'x'.repeat(201) }, '#/text', 'It must have at most 200 characters.'],
    [{ language: 'English' }, '#/language', 'It is no language such as de or pt-BR.'],
    [{ language: undefined }, '#/language', 'It is missing.'],
    [{ pages: ['orders'] }, '#/pages/0', 'It is no path such as /products.'],
    [{ pages: ['/', 7] }, '#/pages/1', 'Expected string, got number.'],
  ])('is refused with %j', async (fields, pointer, detail) => {
    const body = { ...starter, ...fields };

    const response = await asking()('POST', '/conversation-starters', { body });

    expect(response.status).toBe(422);
    expect(await faultsOf(response)).toEqual({ [pointer]: detail });
  });
});
