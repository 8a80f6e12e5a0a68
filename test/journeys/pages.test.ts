import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../support/engine.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

const output = (name: string): string => String(engine.cloud.outputs[name]);

describe('what web pages load and call on one machine', () => {
  it('is at the same port as the API', () => {
    expect(output('SiteUrl')).toBe(output('ApiUrl'));
    expect(output('StreamingUrl')).toBe(`${output('ApiUrl')}/live`);
  });

  it('has the widget, which finds the API where it comes from', async () => {
    const loader = await fetch(`${output('SiteUrl')}/widget/loader.js`);
    const page = await fetch(`${output('SiteUrl')}/widget/index.html`);
    const config = await fetch(`${output('SiteUrl')}/widget/config.json`);

    expect([loader.status, page.status, config.status]).toEqual([200, 200, 200]);
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors *');
    expect(await config.json()).toEqual({ api_url: null });
  });

  it('lets a page of any origin ask for a stream', async () => {
    const preflight = await fetch(`${output('StreamingUrl')}/streaming/conversations/actions`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,last-event-id',
      },
    });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('last-event-id');
  });
});
