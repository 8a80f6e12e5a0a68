import { describe, expect, it } from 'vitest';
import { conversationStarters } from '../../lambdas/conversations/conversation-starters.ts';
import { faqItems } from '../../lambdas/conversations/faq-items.ts';
import type { Resource } from '../../lambdas/shared/http/resource.ts';
import { resourcePorts } from '../../lambdas/shared/http/resource-ports.ts';
import { identitySecret } from '../../lambdas/web-chat/work/identity.ts';
import { aChat, type ChatWorld, chats, dataOf, headingOf, shop, visitorKey } from './chat-world.ts';

const aWorld = chats();

let made = 0;

/** Prepares what the company has made by the routes of the resource. */
async function prepare(world: ChatWorld, resource: Resource, fields: Record<string, unknown>) {
  made += 1;
  const id = `0190d9b4-7e2a-7c3d-9b1e-${String(made).padStart(12, '0')}`;
  const body = resource.body.parse(fields) as Record<string, unknown>;
  const by = { by: 'a test', expected: 'new' } as const;
  await resourcePorts(resource, world.table).store.change(world.tenant, id, by, () => ({ body }));
}

const info = async (world: ChatWorld, query: Record<string, string> = {}) => {
  const path = `/conversations/info?${new URLSearchParams(query)}`;
  return dataOf<{ customer_id: string | null; page_url: string | null; config: Config }>(
    await world.ask('GET', path),
  );
};

interface Config {
  language: string;
  texts: Record<string, string>;
  starters: { text: string }[];
}

describe('what a page needs to know', () => {
  it('is how the chat looks, speaks and is reached', async () => {
    const world = aWorld(
      aChat({
        name: 'Acme',
        colors: { accent: '#aa0000' },
        languages: ['en', 'de'],
        texts: { de: { greeting: 'Guten Tag!' } },
        files: { mime_types: ['image/png'], max_bytes: 1_000, max_count: 2 },
      }),
    );

    const data = await info(world, { customer_id: 'c7', page_url: `${shop}/`, language: 'de-AT' });

    expect(data).toEqual({
      customer_id: 'c7',
      page_url: `${shop}/`,
      config: {
        name: 'Acme',
        language: 'de',
        languages: ['en', 'de'],
        texts: { greeting: 'Guten Tag!' },
        colors: { accent: '#aa0000', on_accent: '#ffffff' },
        starters: [],
        files: { mime_types: ['image/png'], max_bytes: 1_000, max_count: 2 },
        allowed_origins: [shop],
        identity_required: false,
        max_message_chars: 4_000,
        streaming_url: 'https://streams.example',
      },
    });
  });

  it.each([
    ['none', undefined, 'en'],
    ['one that is not offered', 'fr', 'en'],
    ['in other letters', 'DE', undefined],
    ['of another country', 'pt-PT', 'pt-BR'],
  ])('is in the language that fits: %s', async (_, language, expected) => {
    const world = aWorld(aChat({ languages: ['en', 'de', 'pt-BR'] }));
    if (expected === undefined) {
      const response = await world.ask('GET', `/conversations/info?language=${language}`);
      return expect(await headingOf(response)).toBe('422 invalid');
    }

    const { config } = await info(world, language ? { language } : {});

    expect(config.language).toBe(expected);
  });

  it('has the starters of this page and language', async () => {
    const world = aWorld(aChat({ languages: ['en', 'de'] }));
    const starter = (text: string, language: string, pages?: string[]) =>
      prepare(world, conversationStarters, { text, language, ...(pages && { pages }) });
    await starter('Everywhere', 'en');
    await starter('On shoes', 'en-GB', ['/shoes']);
    await starter('On hats', 'en', ['/hats']);
    await starter('Überall', 'de');

    const textsOn = async (page: string, language: string) => {
      const { config } = await info(world, { page_url: `${shop}${page}`, language });
      return config.starters.map(({ text }) => text).sort();
    };

    expect(await textsOn('/shoes/?x=1', 'en')).toEqual(['Everywhere', 'On shoes']);
    expect(await textsOn('/shoes/red', 'en')).toEqual(['Everywhere']);
    expect(await textsOn('/shoes', 'de')).toEqual(['Überall']);
  });

  it.each([`customer_id=${'x'.repeat(257)}`, 'page_url=shoes', 'page_url=javascript:alert(1)'])(
    'is told what is wrong with %s',
    async (query) => {
      expect(await headingOf(await aWorld().ask('GET', `/conversations/info?${query}`))).toBe(
        '422 invalid',
      );
    },
  );
});

describe('questions that visitors find', () => {
  const find = async (world: ChatWorld, query: Record<string, string>) => {
    const path = `/visitor/v1/webchat/faq?${new URLSearchParams(query)}`;
    const found = await dataOf<{ question: string }[]>(await world.ask('GET', path));
    return found.map(({ question }) => question);
  };

  it('are published ones of the company, the best first', async () => {
    const [world, foreign] = [aWorld(), aWorld()];
    const ask = (question: string, answer: string, more: object = {}) =>
      prepare(world, faqItems, { question, answer, language: 'en', status: 'published', ...more });
    await ask('Where is my parcel?', 'Delivery takes a day.');
    await ask('What does delivery cost?', 'Nothing.');
    await ask('Wie viel kostet der Versand?', 'Nichts.', { language: 'de' });
    await ask('Do you hire?', 'Delivery drivers.', { status: 'draft' });

    expect(await find(world, { q: 'deliv' })).toEqual([
      'What does delivery cost?',
      'Where is my parcel?',
    ]);
    expect(await find(world, { q: 'DELIVERY cost' })).toEqual(['What does delivery cost?']);
    expect(await find(world, { q: 'versand', language: 'de-CH' })).toHaveLength(1);
    expect(await find(world, { q: 'versand', language: 'en' })).toEqual([]);
    expect(await find(world, {})).toHaveLength(3);
    expect(await find(foreign, {})).toEqual([]);
  });
});

describe('the identity secret', () => {
  it('is told to those who may configure the company, by its version', async () => {
    const world = aWorld(aChat({ identity: { version: 3, required: true } }));

    const response = await world.askAsStaff('GET', '/webchat/identity');

    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await dataOf(response)).toEqual({
      identity_secret: identitySecret(visitorKey, world.tenant, 3),
      version: 3,
      required: true,
    });
  });

  it('is told to no visitor, and not without a chat', async () => {
    const world = aWorld();
    const { participant_id } = await world.begin();

    const [visitor, page] = [
      await world.askAs(participant_id, 'GET', '/webchat/identity'),
      await world.ask('GET', '/webchat/identity'),
    ];
    world.chat = undefined;
    const none = await world.askAsStaff('GET', '/webchat/identity');

    expect([visitor.status, page.status]).toEqual([403, 403]);
    expect(await headingOf(none)).toBe('409 webchat-disabled');
  });
});
