import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { fileHeaders, siteHeaders } from '../../lambdas/site/work/site-headers.ts';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { siteFiles, siteFolder } from '../../lib/web/bundle-site.ts';

/** Answers requests for the site's files, as CloudFront does on AWS; false for any other. */
export function serveSite(root = projectRoot) {
  const folders = new Set(siteFiles(root).map((file) => file.split('/')[0]));
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { pathname } = new URL(`http://localhost${request.url ?? '/'}`);
    const key = pathname.slice(1);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || !folders.has(key.split('/')[0]) || !key.includes('/')) return false;
    // Only what is there by its very name: no path leads out of the folder.
    const contents = siteFiles(root).includes(key)
      ? await readFile(path.join(root, siteFolder, key)).catch(() => undefined)
      : undefined;
    if (!contents) {
      // S3 says so of what is not there to who may not list it.
      response.writeHead(403, siteHeaders).end();
      return true;
    }
    response.writeHead(200, { ...siteHeaders, ...fileHeaders(key) });
    response.end(request.method === 'HEAD' ? undefined : contents);
    return true;
  };
}
