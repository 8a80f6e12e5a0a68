import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { bundleWeb, widgetFolder } from '../../lib/constructs/bundle-web.ts';

const folder = path.join(projectRoot, widgetFolder);
const read = (file: string) => readFileSync(path.join(folder, file));
const gzipped = (file: string) => gzipSync(read(file), { level: 9 }).length;
const files = () => globSync('**/*.*', { cwd: folder }).sort();
const languages = ['ar', 'de', 'es', 'fr'];
const isLanguage = (file: string) => languages.some((one) => file.startsWith(`assets/${one}-`));

describe('the bundled widget', () => {
  beforeAll(async () => {
    await bundleWeb();
  });

  it('is small: 3 KB for a page that only shows the button, 30 KB in all with the largest language', () => {
    const all = files().filter((file) => !isLanguage(file) && file !== 'config.json');
    const largest = Math.max(...files().filter(isLanguage).map(gzipped));
    const whole = all.map(gzipped).reduce((sum, one) => sum + one, largest);
    console.log(`The widget, gzipped: loader ${gzipped('loader.js')} B, in all ${whole} B.`);

    expect(gzipped('loader.js')).toBeLessThanOrEqual(3_000);
    expect(whole).toBeLessThanOrEqual(30_000);
  });

  it('has names that change with the contents, but for what pages and deployments name', () => {
    const [fixed, hashed] = [
      ['config.json', 'index.html', 'loader.js'],
      /^assets\/\w+-[A-Z0-9]{8}\.(js|css)$/,
    ];

    expect(files().filter((file) => !hashed.test(file))).toEqual(fixed);
    const named = [
      ...read('index.html')
        .toString()
        .matchAll(/(?:src|href)="([^"]+)"/g),
    ];
    for (const [, file = ''] of named) expect(files()).toContain(file);
    expect(named).toHaveLength(2);
  });

  it('is made once of the same sources', async () => {
    expect(await bundleWeb()).toBe(false);
  });

  it('puts no HTML into a page, which its browser holds, too', () => {
    for (const file of files().filter((one) => one.endsWith('.js'))) {
      // Preact has the property that does; nothing here sets it.
      const text = read(file).toString();
      expect(text).not.toMatch(
        /insertAdjacentHTML|document\.write|\beval\(|new Function|outerHTML/,
      );
    }
    const sources = globSync('web/widget/**/*.{ts,tsx}', { cwd: projectRoot }).map((file) =>
      readFileSync(path.join(projectRoot, file), 'utf8'),
    );
    expect(sources.filter((text) => /innerHTML|dangerouslySet/i.test(text))).toEqual([]);
    expect(read('index.html').toString()).toContain("require-trusted-types-for 'script'");
  });
});

describe('each language', () => {
  const texts = (language: string): Record<string, string> =>
    JSON.parse(
      readFileSync(path.join(projectRoot, `web/widget/languages/${language}.json`), 'utf8'),
    );
  const english = texts('en');
  // Without a text of the company's own they are not shown.
  const own = ['subtitle', 'notice'];

  it.each(languages)('has every text: %s', (language) => {
    const names = Object.keys(english).filter((name) => !own.includes(name));

    expect(Object.keys(texts(language)).sort()).toEqual(names.sort());
  });

  it.each(languages)('keeps the places of values: %s', (language) => {
    const placesOf = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

    for (const [name, text] of Object.entries(texts(language))) {
      expect([name, placesOf(text)]).toEqual([name, placesOf(english[name])]);
    }
  });
});
