import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveSite } from '../../../local/cloud/site.ts';
import { aFolder } from './fixtures.ts';

/** A site of these files; gives the way to call it. */
async function aSite(files: Record<string, string>) {
  const root = aFolder();
  for (const [file, contents] of Object.entries({ ...files, 'state.json': '{}' })) {
    const whole = path.join(root, 'dist', 'web', file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, contents);
  }
  writeFileSync(path.join(root, 'package.json'), 'secret');
  const answer = serveSite(root);
  const server = createServer((request, response) => {
    void answer(request, response).then((isAnswered) => {
      if (!isAnswered) response.writeHead(418).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  /** With the path as it is: fetch would resolve its dots. */
  const statusOf = (raw: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = httpRequest({ port, host: '127.0.0.1', path: raw }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
  const call = (at: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${at}`, init);
  return { call, statusOf };
}

const widget = {
  'widget/loader.js': 'load();',
  'widget/index.html': '<!doctype html>',
  'widget/assets/app-ETX4W6C7.js': 'run();',
};

describe('the local site', () => {
  it('sends the page of the widget so that any site may embed it', async () => {
    const { call } = await aSite(widget);

    const response = await call('/widget/index.html');

    expect(await response.text()).toBe('<!doctype html>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringContaining('frame-ancestors *'),
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringContaining('max-age=60'),
    });
    expect(response.headers.get('x-frame-options')).toBeNull();
  });

  it('has what is named by its contents kept for a year', async () => {
    const { call } = await aSite(widget);

    const { headers } = await call('/widget/assets/app-ETX4W6C7.js');

    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it('tells about a file without its contents where only that is asked', async () => {
    const { call } = await aSite(widget);

    const response = await call('/widget/loader.js', { method: 'HEAD' });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it.each([
    '/widget/other.js',
    '/widget/',
    '/widget/../state.json',
    '/widget/../../../package.json',
    '/widget/..%2f..%2f..%2fpackage.json',
    '/widget/assets',
  ])('has nothing at %s', async (at) => {
    const { statusOf } = await aSite(widget);

    expect([403, 418]).toContain(await statusOf(at));
  });

  it.each([
    ['GET', '/health'],
    ['GET', '/state.json'],
    ['GET', '/widgets/1'],
    ['GET', '/widget'],
    ['POST', '/widget/loader.js'],
  ])('leaves %s %s to the API', async (method, at) => {
    const { call } = await aSite(widget);

    expect((await call(at, { method })).status).toBe(418);
  });
});
