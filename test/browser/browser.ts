import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where the screenshots of a run are. */
const screens = path.join(os.tmpdir(), 'replies-engine-widget');

/** Chromium without a window: that of `CHROME_PATH`, else the one that this suite installs, which is for Linux on x64. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROME_PATH'] ?? (await installedChromium());
  // Not the arguments that come with it: these switch off what keeps origins apart.
  return chromium.launch({ executablePath, args: ['--no-sandbox'], headless: true });
}

async function installedChromium(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `There is no Chromium for ${process.platform} on ${process.arch} here: set CHROME_PATH to the program of a Chrome or Chromium.`,
    );
  }
  const { default: bundled } = await import('@sparticuz/chromium');
  return bundled.executablePath();
}

interface AxeResults {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe finds wrong, on the page and in the chat's frame. */
async function findings(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const frame of page.frames()) {
    if (frame.url() === 'about:blank') continue;
    await frame.evaluate(axe.source);
    const { violations } = await frame.evaluate<AxeResults>(
      'axe.run(document, { iframes: false, resultTypes: ["violations"] })',
    );
    for (const { id, help, nodes } of violations) {
      for (const { html, failureSummary } of nodes) {
        found.push(`${id}: ${help}: ${html.slice(0, 200)} ${failureSummary ?? ''}`);
      }
    }
  }
  return found;
}

/** A screenshot of this state, in which axe finds nothing. */
export async function isSound(page: Page, name: string): Promise<void> {
  mkdirSync(screens, { recursive: true });
  await page.screenshot({ path: path.join(screens, `${name}.png`) });
  expect(await findings(page)).toEqual([]);
}
