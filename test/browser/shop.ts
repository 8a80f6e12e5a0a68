import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { bundleWeb } from '../../lib/constructs/bundle-web.ts';
import { type MockApi, startMockApi } from '../web/mock-api.ts';
import { startBrowser } from './browser.ts';

type MockOptions = NonNullable<Parameters<typeof startMockApi>[0]>;

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** The inside of the chat. */
  chat: FrameLocator;
  /** What the console said that is an error. */
  errors: string[];
}

interface VisitOptions {
  width?: number;
  height?: number;
  dark?: boolean;
  path?: string;
}

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
    async visit({
      width = 1000,
      height = 760,
      dark = false,
      path = '/shop',
    }: VisitOptions = {}): Promise<Visit> {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        locale: 'en-US',
      });
      const page = await context.newPage();
      const visit: Visit = { page, context, chat: page.frameLocator('iframe'), errors: [] };
      page.on('console', (message) => {
        if (message.type() === 'error') visit.errors.push(message.text());
      });
      page.on('pageerror', (error) => visit.errors.push(String(error)));
      visits.push(visit);
      await page.goto(`${api.pageUrl}${path}`);
      return visit;
    },
  };
}

export async function openChat({ page, chat }: Visit): Promise<void> {
  await page.getByRole('button', { name: /chat/i }).click();
  await chat.getByRole('textbox').waitFor();
}

export async function write({ chat }: Visit, text: string): Promise<void> {
  await chat.getByRole('textbox').fill(text);
  await chat.getByRole('textbox').press('Enter');
}

/** The texts in the log, in their order. */
export const logOf = ({ chat }: Visit): Promise<string[]> =>
  chat.locator('[role=log] .bubble').allInnerTexts();

export const seesInLog = (visit: Visit, texts: string[]) =>
  expect.poll(() => logOf(visit), { timeout: 15_000 }).toEqual(texts);
