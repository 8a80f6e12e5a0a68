import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { demoPath, shopOrigin } from '../../local/demo-shop.ts';
import { startBrowser } from './browser.ts';
import { type Look, type Visit, visitPage } from './visits.ts';

/** What is used of the engine of npm start. */
interface Engine {
  cloud: { url: string; port: number };
  demoKey: string;
  stop(): Promise<void>;
}

/** Loaded at run time: it is compiled for Node alone, and this for browsers too. */
const engineModule = new URL('../support/engine.ts', import.meta.url).href;

/** Words that come one after the other over about three seconds. */
export const answer = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');

interface Inbox {
  data: { conversation_id: string }[];
}

/** The product as npm start runs it, with its demo shop; a person of the company acts by the API, as from another window. */
export function aDemoShop() {
  let browser: Browser;
  let engine: Engine;
  const visits: Visit[] = [];
  beforeAll(async () => {
    const { startTestEngine } = await import(engineModule);
    [browser, engine] = await Promise.all([
      startBrowser(),
      startTestEngine({
        openai: { runMs: () => 3_000, answer: () => ({ kind: 'completed', text: answer }) },
      }),
    ]);
  });
  afterEach(async () => {
    for (const { context } of visits.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await engine?.stop();
  });

  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(engine.cloud.url + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${engine.demoKey}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
  return {
    call,
    /** The newest conversation's id. */
    async conversation(): Promise<string> {
      const { data } = await call<Inbox>('/conversations?channel=webchat&limit=1');
      const [newest] = data;
      if (!newest) throw new Error('No conversation has begun.');
      return newest.conversation_id;
    },
    async visit({ query = '', ...look }: Look & { query?: string } = {}): Promise<Visit> {
      const url = shopOrigin(engine.cloud.port) + demoPath + query;
      const visit = await visitPage(browser, url, look);
      visits.push(visit);
      return visit;
    },
  };
}
