import { describe, expect, it } from 'vitest';
import { faultsOf } from '../conversations/conversations-app.ts';
import { aChat, chats, headingOf, shop, widget } from './chat-world.ts';

const aWorld = chats();
const initiate = '/conversations/initiate';

describe('a page on which the chat may not be', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }, {}],
    ['the same host without encryption', { origin: 'http://shop.example' }, {}],
    ['another port', { origin: `${shop}:8443` }, {}],
    ['a host that begins so', { origin: `${shop}.evil.example` }, {}],
    ['a host below', { origin: 'https://www.shop.example' }, {}],
    ['a sandbox', { origin: 'null' }, {}],
    ['the widget in no page', { origin: widget }, {}],
    ['the widget in another page', { origin: widget }, { page_url: 'https://evil.example/' }],
    [
      'the widget in a page whose address quotes ours',
      { origin: widget },
      { page_url: `https://evil.example/?${shop}` },
    ],
  ])('is refused: %s', async (_, headers, context) => {
    const world = aWorld();

    for (const path of [initiate, '/conversations/resume']) {
      const response = await world.ask('POST', path, { headers, body: { context } });
      expect(await headingOf(response)).toBe('403 origin-not-allowed');
    }
    const query = new URLSearchParams(context as Record<string, string>);
    const info = await world.ask('GET', `/conversations/info?${query}`, { headers });
    expect(await headingOf(info)).toBe('403 origin-not-allowed');
  });

  it('is refused without an origin, which a browser always sends', async () => {
    const world = aWorld();
    const more = { role: 'Visitor', scopes: ['conversations:start'], body: {} } as const;

    const response = await world.askAsStaff('POST', initiate, more);

    expect(await headingOf(response)).toBe('403 origin-not-allowed');
  });

  it('is none where the widget stands in a page of the company', async () => {
    const world = aWorld();
    const context = { page_url: `${shop}/shoes` };

    const opened = await world.begin({ context }, { headers: { origin: widget } });

    expect(opened.config).toMatchObject({ allowed_origins: [shop] });
  });

  it('is told of its chat by the widget, where that is where the API is: browsers send no origin then', async () => {
    const world = aWorld();
    const ask = async (page_url: string, site: string) => {
      const headers = { 'sec-fetch-site': site };
      const more = { role: 'Visitor', scopes: ['conversations:start'], headers } as const;
      const query = new URLSearchParams({ page_url });
      return (await world.askAsStaff('GET', `/conversations/info?${query}`, more)).status;
    };

    expect(await ask(`${shop}/shoes`, 'same-origin')).toBe(200);
    expect(await ask('https://evil.example/', 'same-origin')).toBe(403);
    expect(await ask(`${shop}/shoes`, 'cross-site')).toBe(403);
    expect(await ask(`${shop}/shoes`, 'none')).toBe(403);
  });
});

describe('a company without a chat', () => {
  it.each([
    ['none is set', undefined],
    ['it is switched off', aChat({ enabled: false })],
  ])('begins no conversation: %s', async (_, chat) => {
    const world = aWorld();
    world.chat = chat;

    for (const path of [initiate, '/conversations/resume']) {
      const response = await world.ask('POST', path, { body: {} });
      expect(await headingOf(response)).toBe('409 webchat-disabled');
    }
    const info = await world.ask('GET', '/conversations/info');
    expect(await headingOf(info)).toBe('409 webchat-disabled');
  });
});

describe('a request that is no good', () => {
  it.each([
    [{ unknown: 1 }, '#/unknown'],
    [{ participant_id: '' }, '#/participant_id'],
    [{ web_app_name: 'x'.repeat(257) }, '#/web_app_name'],
    [{ location: { text: 'x'.repeat(4_001) } }, '#/location'],
    [{ language: 'german' }, '#/language'],
    [{ context: 'x' }, '#/context'],
    [{ context: { page_url: 'javascript:alert(1)' } }, '#/context/page_url'],
    [{ context: { page_url: `${shop}/${'x'.repeat(2_000)}` } }, '#/context/page_url'],
    [{ context: { text: 'x'.repeat(4_001) } }, '#/context'],
    [{ visitor: {} }, '#/visitor'],
    [{ visitor: { user_id: 'u-1' } }, '#/visitor'],
    [{ visitor: { token: '' } }, '#/visitor/token'],
  ])('is told what is wrong: %j', async (body, pointer) => {
    const response = await aWorld().ask('POST', initiate, { body });

    expect(response.status).toBe(422);
    expect(Object.keys(await faultsOf(response))).toContain(pointer);
  });
});
