import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { accountSid, authToken, connected } from '../../support/reply-twilio.ts';

describe('picture', () => {
  const png = { contentType: 'image/png', bytes: Uint8Array.of(137, 80, 78, 71) };
  const pathOf = (sid: string) => `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media/ME1`;

  /** A server that says where its requests came in, and what they proved who they are by. */
  async function aStranger() {
    const asked: (string | undefined)[] = [];
    const app = new Hono<SimulatorEnv>().get('/*', (c) => {
      asked.push(c.req.header('authorization'));
      return c.body(Buffer.from(png.bytes), 200, { 'content-type': 'image/png' });
    });
    const server = await serveLocally(app);
    onTestFinished(() => server.close());
    return { asked, url: server.url };
  }

  it('is fetched from Twilio, through the redirect to its store', async () => {
    const { messenger, writes, mediaUrls } = await connected();
    await writes({ media: [png] });

    const [url = ''] = mediaUrls;
    const picture = await messenger.fetchImage(url);

    expect(picture).toEqual({ ...png, bytes: Buffer.from(png.bytes) });
  });

  it('is fetched from another store without our credentials', async () => {
    const { messenger, answer, writes, mediaUrls } = await connected();
    const stranger = await aStranger();
    await writes({ media: [png] });
    const headers = { location: `${stranger.url}/bytes` };
    answer('media.fetch', { kind: 'respond', status: 307, headers });

    const [url = ''] = mediaUrls;
    const picture = await messenger.fetchImage(url);

    expect(picture).toMatchObject({ contentType: 'image/png' });
    expect(stranger.asked).toEqual([undefined]);
  });

  it('is said to be larger than WhatsApp allows, or gone', async () => {
    const { messenger, writes, mediaUrls, twilio } = await connected();
    await writes({ media: [{ ...png, bytes: new Uint8Array(5 * 1024 * 1024 + 1) }] });

    const [url = ''] = mediaUrls;
    const pictures = [
      await messenger.fetchImage(url),
      await messenger.fetchImage(twilio.url + pathOf('MMgone')),
    ];

    expect(pictures).toEqual(['too large', 'missing']);
  });

  it('is not fetched from anywhere else, and our credentials stay here', async () => {
    const { messenger, twilio, log } = await connected();
    const stranger = await aStranger();
    const elsewhere = [
      stranger.url + pathOf('MM1'),
      `${twilio.url}/2010-04-01/Accounts/AC${'2'.repeat(32)}/Messages/MM1/Media/ME1`,
      `${twilio.url}/2010-04-01/Accounts/${accountSid}/../../../_sim/state`,
      `${twilio.url.replace('127', `${accountSid}:${authToken}@127`)}.evil.example/`,
      'file:///etc/passwd',
      'not an address',
      '',
    ];

    const pictures = await Promise.all(elsewhere.map((url) => messenger.fetchImage(url)));

    expect(pictures).toEqual(elsewhere.map(() => 'missing'));
    expect(stranger.asked).toEqual([]);
    expect(JSON.stringify(log.lines)).not.toContain(authToken);
  });

  it('that Twilio cannot give now is fetched later', async () => {
    const { messenger, answer, writes, mediaUrls } = await connected();
    await writes({ media: [png] });
    answer('media.fetch', { kind: 'respond', status: 503 });

    const [url = ''] = mediaUrls;
    const picture = messenger.fetchImage(url);

    await expect(picture).rejects.toMatchObject({ next: 'retry', code: 'twilio_media' });
  });
});
