/** How a file of the site is sent. */
export interface FileHeaders {
  'content-type': string;
  'cache-control': string;
}

const mimeTypes: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  mp3: 'audio/mpeg',
};

/** Names that change with the contents: `app-ETX4W6C7.js`. */
const hashed = /-[A-Z0-9]{8}\.\w+$/;

/** A file under a name of its contents never changes; any other is asked for again after a minute. */
export const fileHeaders = (file: string): FileHeaders => ({
  'content-type': mimeTypes[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
  'cache-control': hashed.test(file)
    ? 'public, max-age=31536000, immutable'
    : 'public, max-age=60, stale-while-revalidate=600',
});

/**
 * What the page of the widget may do, which any site may embed: load its own scripts and styles, and call the APIs and
 * the store of files, whose hosts are each deployment's own.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: https: http://localhost:* http://127.0.0.1:*",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  'frame-ancestors *',
].join('; ');

/** With every file of the site. */
export const siteHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
};
