import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** The inside of the chat. */
  chat: FrameLocator;
  /** What the console said that is an error. */
  errors: string[];
}

export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** Opens a page in a window of its own, which has nothing of others. */
export async function visitPage(
  browser: Browser,
  url: string,
  { width = 1000, height = 760, dark = false }: Look = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-US',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const visit: Visit = { page, context, chat: page.frameLocator('iframe'), errors: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') visit.errors.push(message.text());
  });
  page.on('pageerror', (error) => visit.errors.push(String(error)));
  await page.goto(url);
  return visit;
}

export async function openChat({ page, chat }: Visit): Promise<void> {
  await page.locator('.launcher').click();
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
  expect.poll(() => logOf(visit), { timeout: 20_000 }).toEqual(texts);

/** The answer that is being written. */
export const growing = ({ chat }: Visit) => chat.locator('[aria-live=off] .text');
