import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { html, raw } from 'hono/html';
import { isHere } from './guard.ts';

export const demoPath = '/demo';

/** The shop is at another origin than the chat, as any company's is. */
export const shopOrigin = (port: number): string => `http://127.0.0.1:${port}`;

/** Serves the demo company's shop, with the chat on it, to this machine alone; false for any other request. */
export const demoShop =
  (clientId: () => string | undefined) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { host = '' } = request.headers;
    const url = new URL(`http://localhost${request.url ?? '/'}`);
    if (request.method !== 'GET' || url.pathname !== demoPath || !isHere(host)) return false;
    const client = clientId();
    if (!client) return false;
    const port = Number(host.split(':')[1] ?? 80);
    if (host.startsWith('localhost')) {
      const location = shopOrigin(port) + demoPath + url.search;
      response.writeHead(302, { location }).end();
      return true;
    }
    const nonce = randomBytes(16).toString('base64');
    const chatOrigin = `http://localhost:${port}`;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; frame-src ${chatOrigin}; base-uri 'none'`,
    });
    const language = url.searchParams.get('language') ?? 'en';
    response.end(String(await shopPage({ chatOrigin, client, nonce, language })));
    return true;
  };

interface Shown {
  chatOrigin: string;
  client: string;
  nonce: string;
  language: string;
}

const products = [
  [
    'Field jacket',
    'Waxed cotton that is mended, not thrown away',
    '€189',
    'M30 20l20-8 20 8 14 18-12 8v40H28V46l-12-8z',
  ],
  [
    'Wool blanket',
    'Woven in one piece from the wool of one flock',
    '€94',
    'M18 30h64v40H18zM18 40h64M18 60h64M30 70v12M50 70v12M70 70v12',
  ],
  [
    'Trail boots',
    'Stitched soles, which a cobbler can renew',
    '€165',
    'M34 16h22v34l24 12c6 3 6 10 6 16H34z',
  ],
  [
    'Enamel mug',
    'Chips with grace, and never leaks',
    '€18',
    'M24 26h40v42a8 8 0 0 1-8 8H32a8 8 0 0 1-8-8zM64 36h8a8 8 0 0 1 8 8v4a12 12 0 0 1-16 10',
  ],
] as const;

const shopPage = ({ chatOrigin, client, nonce, language }: Shown) => {
  const isTag = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language);
  const lang = isTag ? language : 'en';
  return html`<!doctype html>
    <html lang="${lang}" dir="${lang.startsWith('ar') ? 'rtl' : 'ltr'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Alder &amp; Ash: things that last</title>
        <style nonce="${nonce}">
          ${raw(styles)}
        </style>
      </head>
      <body>
        <header>
          <p class="name">Alder &amp; Ash</p>
          <button type="button" id="theme" aria-pressed="false">Dark</button>
        </header>
        <main lang="en" dir="auto">
          <h1>Things that last</h1>
          <p class="lead">Made in small workshops, mended for free as long as you have them.</p>
          <ul>
            ${products.map(
              ([name, what, price, drawing]) => html`<li>
                <svg viewBox="0 0 100 100" aria-hidden="true"><path d="${drawing}" /></svg>
                <h2>${name}</h2>
                <p>${what}</p>
                <p class="price">${price}</p>
              </li>`,
            )}
          </ul>
        </main>
        <footer lang="en" dir="auto">
          A demo of npm start: the shop is made up, and the chat in its corner is the one that
          <code>web/widget</code> puts on any page.
        </footer>
        <script nonce="${nonce}">
          ${raw(themeScript)}
        </script>
        <script
          nonce="${nonce}"
          src="${chatOrigin}/widget/loader.js"
          data-client-id="${client}"
          data-language="${lang}"
        ></script>
      </body>
    </html>`;
};

const themeScript = `
const button = document.getElementById('theme');
button.addEventListener('click', () => {
  const dark = document.documentElement.dataset.theme !== 'dark';
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  button.setAttribute('aria-pressed', String(dark));
});`;

const styles = `
:root { color-scheme: light; --back: #f7f4ee; --card: #fff; --text: #23302a; --soft: #56645d; --accent: #2f5d4a; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; --back: #151a18; --card: #1f2623; --text: #e9efe9; --soft: #a9b8b0; --accent: #8fcab0; } }
:root[data-theme=dark] { color-scheme: dark; --back: #151a18; --card: #1f2623; --text: #e9efe9; --soft: #a9b8b0; --accent: #8fcab0; }
body { margin: 0; background: var(--back); color: var(--text); font: 17px/1.6 Georgia, serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 1.25rem; }
header { display: flex; justify-content: space-between; align-items: center; }
.name { margin: 0; font-size: 1.25rem; letter-spacing: 0.04em; }
button { padding: 0.4rem 1rem; border: 1px solid var(--soft); border-radius: 2rem; background: none; color: inherit; font: inherit; font-size: 0.9rem; cursor: pointer; }
h1 { margin: 2rem 0 0; font-size: clamp(2rem, 6vw, 3.5rem); font-weight: normal; line-height: 1.1; }
.lead { max-width: 34rem; color: var(--soft); font-size: 1.15rem; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.25rem; padding: 0; list-style: none; }
li { padding: 1.25rem; border-radius: 0.75rem; background: var(--card); }
svg { width: 100%; height: 9rem; fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
h2 { margin: 0.5rem 0 0; font-size: 1.15rem; font-weight: normal; }
li p { margin: 0.25rem 0 0; color: var(--soft); font-size: 0.95rem; }
li .price { color: var(--accent); font-size: 1.1rem; }
footer { padding-bottom: 6rem; color: var(--soft); font-size: 0.85rem; }
`;
