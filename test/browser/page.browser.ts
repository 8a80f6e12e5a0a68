import { describe, expect, it } from 'vitest';
import { aShop } from './shop.ts';
import { openChat, seesInLog, type Visit, write } from './visits.ts';

const script = (url: string) =>
  `<script src="${url}/widget/loader.js" data-client-id="re_pub_demo_mock"></script>`;
const page = (url: string, head: string, body = '') =>
  `<!doctype html><html lang="en"><head><title>Shop</title>${head}</head><body><main><h1>Shoes</h1>${body}</main>${script(url)}</body></html>`;
const shop = aShop({
  answer: () => ['Yes.'],
  pages: {
    '/shop': (url) => page(url, ''),
    '/twice': (url) => page(url, script(url), script(url)),
    '/hostile': (url) =>
      page(
        url,
        '<style>*{color:red!important;font:40px serif!important;display:block;background:yellow!important}button{width:1px!important}</style>',
      ),
    '/strict': (url) =>
      page(
        url,
        `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${url}; frame-src ${url}">`,
      ),
    '/single': (url) =>
      page(
        url,
        `<script>window.RepliesChat={q:[['open']]}</script>`,
        `<button id="go" onclick="history.pushState({},'','/shoes/7');document.title='Shoe 7';document.body.replaceWith(Object.assign(document.createElement('body'),{innerHTML:'<h1>Shoe 7</h1>'}))">Go</button>`,
      ),
  },
});
const foreign = aShop({
  config: { allowed_origins: ['https://www.example.com'] },
  pages: { '/shop': (url) => page(url, '') },
});

describe('the page around the chat', () => {
  it('has one chat, though its script is there three times', async () => {
    const visit = await shop.visit({ path: '/twice' });
    await openChat(visit);

    expect(await visit.page.locator('[data-replies-chat]').count()).toBe(1);
    expect(visit.errors).toEqual([]);
  });

  it('keeps its styles and gives the chat none', async () => {
    const visit = await shop.visit({ path: '/hostile' });
    await openChat(visit);

    const width = await visit.page.locator('.launcher').evaluate((one) => one.offsetWidth);
    expect(width).toBe(56);
    const sheets = await visit.page.evaluate(
      () => document.styleSheets.length + document.adoptedStyleSheets.length,
    );
    expect(sheets).toBe(1);
  });

  it('may allow no styles and no scripts but ours', async () => {
    const visit = await shop.visit({ path: '/strict' });
    await openChat(visit);
    await write(visit, 'Is it there?');
    await seesInLog(visit, ['Is it there?', 'Yes.']);

    expect(visit.errors).toEqual([]);
    expect(await visit.page.locator('.launcher').evaluate((one) => one.offsetWidth)).toBe(56);
  });

  it('opens, closes and goes on by its own calls, those before the script was there included', async () => {
    const visit = await shop.visit({ path: '/single' });
    await visit.chat.getByRole('textbox').waitFor();
    await visit.page.evaluate(() => window.RepliesChat?.('close'));
    await expect.poll(() => visit.page.locator('iframe').isVisible()).toBe(false);
    await visit.page.evaluate(() => window.RepliesChat?.('open'));

    await expect.poll(() => visit.page.locator('iframe').isVisible()).toBe(true);
  });

  it('names its visitor, who finds his conversation in another browser, and leaves none of it behind', async () => {
    const name = (one: Visit, user_id: string | null) =>
      one.page.evaluate(
        (id) => window.RepliesChat?.('identify', id ? { user_id: id, user_hash: 'x' } : null),
        user_id,
      );
    const here = await shop.visit();
    await name(here, 'ada');
    await openChat(here);
    await write(here, 'I am Ada');
    await seesInLog(here, ['I am Ada', 'Yes.']);
    const there = await shop.visit();
    await openChat(there);
    await name(there, 'ada');
    await seesInLog(there, ['I am Ada', 'Yes.']);
    await name(there, null);

    await seesInLog(there, []);
    await write(there, 'I am nobody');
    await seesInLog(there, ['I am nobody', 'Yes.']);
  });

  it('may change under it without being loaded: the chat stays, and knows the new page', async () => {
    const visit = await shop.visit({ path: '/single' });
    await visit.chat.getByRole('textbox').waitFor();
    await write(visit, 'Is it there?');
    await seesInLog(visit, ['Is it there?', 'Yes.']);
    await visit.page.locator('#go').click();
    await write(visit, 'And this one?');
    await seesInLog(visit, ['Is it there?', 'Yes.', 'And this one?', 'Yes.']);

    expect(shop.conversation().pages.at(-1)).toMatch(/\/shoes\/7$/);
  });

  it('of an origin that the company has not allowed shows no chat, and says why to its developer', async () => {
    const visit = await foreign.visit();
    await visit.page.locator('.launcher').click();

    await expect.poll(() => visit.page.locator('[data-replies-chat]').count()).toBe(0);
    expect(visit.errors.join()).toMatch(/127\.0\.0\.1.* is not among the allowed_origins/);
    expect(foreign.api().requests).toEqual(['GET /conversations/info']);
  });

  it('cannot have the chat act by messages that are not the loader’s', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    // Another frame of the page, which has an origin of its own.
    await visit.page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.sandbox.add('allow-scripts');
      frame.srcdoc = `<script>for (const one of parent.frames) one.postMessage({replies:1,type:'shown',open:false},'*');parent.postMessage({replies:1,type:'close'},'*')</script>`;
      document.body.append(frame);
      return new Promise((done) => frame.addEventListener('load', done));
    });

    expect(await visit.page.locator('[data-replies-chat] iframe').isVisible()).toBe(true);
  });
});
