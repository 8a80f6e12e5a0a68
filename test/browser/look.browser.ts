import { describe, expect, it } from 'vitest';
import { isSound } from './browser.ts';
import { aShop } from './shop.ts';
import { openChat, seesInLog, write } from './visits.ts';

const answer = `Your order **17** is on its way:

1. It was packed.
2. It has left [our house](https://example.com/house).

| Day | Place |
| --- | --- |
| Monday | Rotterdam |

\`\`\`
a line of code that is much longer than the bubble in which it stands is wide
\`\`\`
> Thank you.`;
const shop = aShop({
  answer: () => [answer],
  config: { colors: { accent: '#ffd400', on_accent: '#ffffff' } },
  pages: {
    '/arabic': (url) =>
      `<!doctype html><html lang="ar" dir="rtl"><head><title>متجر</title><meta name="viewport" content="width=device-width"></head><body><main><h1>أحذية</h1></main><script src="${url}/widget/loader.js" data-client-id="re_pub_demo_mock"></script></body></html>`,
    '/dark': (url) =>
      `<!doctype html><html lang="en" data-theme="dark"><head><title>Shop</title><style>body{background:#111;color:#eee}</style></head><body><main><h1>Shoes</h1></main><script src="${url}/widget/loader.js" data-client-id="re_pub_demo_mock"></script></body></html>`,
    '/shop': (url) =>
      `<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width"></head><body><main><h1>Shoes</h1></main><script src="${url}/widget/loader.js" data-client-id="re_pub_demo_mock"></script></body></html>`,
  },
});
const shown = /Your order 17 is on its way/;

describe('the chat', () => {
  it('has a readable text on the company’s colour, whatever the company says', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Where is it?');
    await visit.chat.locator('[role=log] .text').waitFor();

    const ink = await visit.chat
      .locator('.mine .bubble')
      .evaluate((element) => getComputedStyle(element).color);
    expect(ink).toBe('rgb(0, 0, 0)');
    await isSound(visit.page, 'markdown');
  });

  it('opens links in another tab, without telling it of this one', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Where is it?');
    const link = visit.chat.getByRole('link', { name: 'our house' });
    await link.waitFor();

    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  });

  it('is dark where the browser is, and where the page says so', async () => {
    for (const [name, options] of [
      ['dark-browser', { dark: true }],
      ['dark-page', { path: '/dark' }],
    ] as const) {
      const visit = await shop.visit(options);
      await openChat(visit);
      await write(visit, 'Where is it?');
      await visit.chat.locator('[role=log] .text').waitFor();

      const background = await visit.chat
        .locator('body')
        .evaluate((element) => getComputedStyle(element).backgroundColor);
      expect(background).toBe('rgb(22, 24, 29)');
      await isSound(visit.page, name);
    }
  });

  it('follows the page as it becomes dark', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await visit.page.evaluate(() => {
      document.documentElement.dataset['theme'] = 'dark';
    });

    await expect.poll(() => visit.chat.locator('html').getAttribute('data-theme')).toBe('dark');
  });

  it('fills a window of 320 pixels, in which nothing is wider', async () => {
    const visit = await shop.visit({ width: 320, height: 568 });
    await openChat(visit);
    await write(
      visit,
      'Where is it? https://example.com/a-very-long-address-without-any-place-to-break-it',
    );
    await visit.chat.getByText(shown).waitFor();

    const box = await visit.page.locator('iframe').boundingBox();
    expect(box).toEqual({ x: 0, y: 0, width: 320, height: 568 });
    const wide = await visit.chat.locator('html').evaluate((element) => element.scrollWidth);
    expect(wide).toBe(320);
    await isSound(visit.page, 'narrow');
  });

  it('is used by the keyboard alone, and gives the focus back', async () => {
    const visit = await shop.visit({ width: 320, height: 568 });
    const { keyboard } = visit.page;
    await visit.page.locator('.launcher').focus();
    await keyboard.press('Enter');
    await visit.chat.locator('textarea:focus').waitFor();
    await keyboard.type('One');
    await keyboard.press('Shift+Enter');
    await keyboard.type('Two');
    await keyboard.press('Enter');
    await visit.chat.locator('[role=log] .text').waitFor();
    expect(await visit.chat.locator('.mine .bubble').textContent()).toBe('One\nTwo');
    // All round: from the last one on to the first.
    const seen = new Set<string>();
    for (let presses = 0; presses < 30; presses += 1) {
      await keyboard.press('Tab');
      const label = await visit.chat.locator(':focus').getAttribute('aria-label');
      if (label) seen.add(label);
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'Write a message',
        'Talk to a person',
        'Close the chat',
        'Good answer',
        'Attach files',
        'Messages',
      ]),
    );
    await keyboard.press('Escape');

    const focused = await visit.page.evaluate(
      () => document.activeElement?.shadowRoot?.activeElement?.className,
    );
    expect(focused).toBe('launcher');
  });

  it('reads a finished answer out once, and none of its pieces', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await visit.chat.locator('[role=log]').evaluate((log) => {
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) {
          for (const node of addedNodes) said.push(node.textContent ?? '');
        }
      }).observe(log, { childList: true, subtree: true, characterData: true });
    });
    await write(visit, 'Where is it?');
    await visit.chat.locator('[role=log] .text').waitFor();

    const said = await visit.chat
      .locator('body')
      .evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said.filter((text) => shown.test(text))).toHaveLength(1);
  });
});

describe('the chat in Arabic', () => {
  const arabic = aShop({
    answer: () => ['طلبك رقم **17** في الطريق.'],
    config: { language: 'ar', languages: ['ar'], starters: [{ text: 'أين طلبي؟' }] },
    pages: {
      '/shop': (url) =>
        `<!doctype html><html lang="ar" dir="rtl"><head><title>متجر</title></head><body><main><h1>أحذية</h1></main><script src="${url}/widget/loader.js" data-client-id="re_pub_demo_mock"></script></body></html>`,
    },
  });

  it('is written from right to left, on the other side of the page', async () => {
    const visit = await arabic.visit();
    await visit.page.locator('.launcher').click();
    await visit.chat.getByRole('button', { name: 'أين طلبي؟' }).click();
    await seesInLog(visit, ['أين طلبي؟', 'طلبك رقم 17 في الطريق.']);

    expect(await visit.chat.locator('html').getAttribute('dir')).toBe('rtl');
    expect((await visit.page.locator('iframe').boundingBox())?.x).toBe(20);
    await isSound(visit.page, 'arabic');
  });
});
