import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { bundleWeb } from '../../lib/constructs/bundle-web.ts';
import { type MockApi, startMockApi } from '../web/mock-api.ts';
import { startBrowser } from './browser.ts';
import { type Look, type Visit, visitPage } from './visits.ts';

type MockOptions = NonNullable<Parameters<typeof startMockApi>[0]>;

const shopPage = (url: string, attributes = '') => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title></head>
<body><main><h1>Shoes</h1><p>Light, warm, dry.</p><a href="#more">More</a></main>
<script src="${url}/widget/loader.js" data-client-id="re_pub_demo_mock" ${attributes}></script></body>
</html>`;

/** A shop with the chat on its page, before a mock of the API; each file of tests has its own. */
export function aShop(options: MockOptions = {}) {
  let browser: Browser;
  let api: MockApi;
  const visits: Visit[] = [];
  beforeAll(async () => {
    await bundleWeb();
    [browser, api] = await Promise.all([
      startBrowser(),
      startMockApi({ pages: { '/shop': (url) => shopPage(url), ...options.pages }, ...options }),
    ]);
  });
  afterEach(async () => {
    for (const { context } of visits.splice(0)) await context.close();
    Object.assign(api.faults, { failing: 0, losing: 0, cutAfter: undefined });
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });
  return {
    api: () => api,
    /** The newest conversation. */
    conversation() {
      const newest = [...api.conversations.values()].at(-1);
      if (!newest) throw new Error('No conversation has begun.');
      return newest;
    },
    async visit({ path = '/shop', ...look }: Look & { path?: string } = {}): Promise<Visit> {
      const visit = await visitPage(browser, api.pageUrl + path, look);
      visits.push(visit);
      return visit;
    },
  };
}
