import { describe, expect, it } from 'vitest';
import { conversations, faultsOf } from './conversations-app.ts';

const asking = conversations();
const item = { question: 'Do you ship abroad?', answer: 'To all countries.', language: 'en' };

describe('a question that is often asked', () => {
  it('is a draft until it is published, and keeps what it was before', async () => {
    const ask = asking();

    const made = await ask('POST', '/faq-items', { body: item });
    const { data } = (await made.json()) as { data: { id: string } };
    const published = await ask('PATCH', `/faq-items/${data.id}`, {
      body: { status: 'published' },
      headers: { 'if-match': '"1"' },
    });
    const changes = await ask('GET', `/faq-items/${data.id}/changes`);

    expect(data).toMatchObject({ status: 'draft', tags: [], version: 1 });
    expect(await published.json()).toMatchObject({ data: { status: 'published', version: 2 } });
    expect(await changes.json()).toMatchObject({
      data: [{ version: 2, before: { status: 'draft' } }, { version: 1 }],
    });
  });

  it('is found by its status, language, tags and source', async () => {
    const ask = asking();
    const source = 'https://shop.example/shipping';
    await ask('POST', '/faq-items', { body: item });
    await ask('POST', '/faq-items', {
      body: { ...item, language: 'de', status: 'published', tags: ['shipping'], source },
    });

    const found = async (query: string) => {
      const response = await ask('GET', `/faq-items?${query}`);
      return ((await response.json()) as { data: unknown[] }).data;
    };

    expect(await found('status=published&language=de&tags=shipping')).toHaveLength(1);
    expect(await found(`source=${encodeURIComponent(source)}`)).toMatchObject([{ source }]);
    expect(await found('status=published&language=en')).toEqual([]);
  });

  it.each([
    [{ question: ' ' }, '#/question', 'It is empty.'],
    [{ question: 'x'.repeat(501) }, '#/question', 'It must have at most 500 characters.'],
    [{ answer: undefined }, '#/answer', 'It is missing.'],
    [{ answer: 'x'.repeat(10_001) }, '#/answer', 'It must have at most 10000 characters.'],
    [{ language: 'English' }, '#/language', 'It is no language such as de or pt-BR.'],
    [{ status: 'live' }, '#/status', 'Expected one of draft, published.'],
    [{ tags: Array(21).fill('x') }, '#/tags', 'It must have at most 20 items.'],
    [{ source: '' }, '#/source', 'It is empty.'],
  ])('is refused with %j', async (fields, pointer, detail) => {
    const response = await asking()('POST', '/faq-items', { body: { ...item, ...fields } });

    expect(response.status).toBe(422);
    expect(await faultsOf(response)).toEqual({ [pointer]: detail });
  });

  it('is neither read nor changed by a visitor', async () => {
    const response = await asking()('GET', '/faq-items', {
      role: 'Visitor',
      scopes: ['conversations:start'],
    });

    expect(response.status).toBe(403);
  });
});
