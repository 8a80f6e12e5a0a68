import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineError } from '../../../lambdas/shared/errors.ts';
import { isOutage } from '../../../lambdas/shared/queue/outcome.ts';
import { byteRoom } from '../../../lambdas/whatsapp-replies/work/steps/pictures.ts';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import {
  accountSid,
  aLink,
  authToken,
  connected,
  inPlaceOfTwilio,
  unbounded,
} from '../../support/reply-twilio.ts';

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

    const link = aLink(mediaUrls[0]);
    const picture = await messenger.fetchPicture(link, unbounded);

    expect(picture).toEqual({ ...png, bytes: Buffer.from(png.bytes) });
  });

  it('is fetched from another store without our credentials', async () => {
    const { messenger, answer, writes, mediaUrls } = await connected();
    const stranger = await aStranger();
    await writes({ media: [png] });
    const headers = { location: `${stranger.url}/bytes` };
    answer('media.fetch', { kind: 'respond', status: 307, headers });

    const link = aLink(mediaUrls[0]);
    const picture = await messenger.fetchPicture(link, unbounded);

    expect(picture).toMatchObject({ contentType: 'image/png' });
    expect(stranger.asked).toEqual([undefined]);
  });

  it('is said to be larger than WhatsApp allows, or gone', async () => {
    const { messenger, writes, mediaUrls, twilio } = await connected();
    await writes({ media: [{ ...png, bytes: new Uint8Array(5 * 1024 * 1024 + 1) }] });

    const link = aLink(mediaUrls[0]);
    const pictures = [
      await messenger.fetchPicture(link, unbounded),
      await messenger.fetchPicture(aLink(twilio.url + pathOf('MMgone')), unbounded),
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

    const pictures = await Promise.all(
      elsewhere.map((url) => messenger.fetchPicture(aLink(url), unbounded)),
    );

    expect(pictures).toEqual(elsewhere.map(() => 'not at Twilio'));
    expect(stranger.asked).toEqual([]);
    expect(JSON.stringify(log.lines)).not.toContain(authToken);
  });

  it('that Twilio cannot give now is fetched later', async () => {
    const { messenger, answer, writes, mediaUrls } = await connected();
    await writes({ media: [png] });
    answer('media.fetch', { kind: 'respond', status: 503 });

    const link = aLink(mediaUrls[0]);
    const picture = messenger.fetchPicture(link, unbounded);

    await expect(picture).rejects.toMatchObject({ next: 'retry', code: 'twilio_media' });
  });
});

describe('what stands in a picture’s place', () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3);
  const served = (status: number, body: Uint8Array | null, type?: string) =>
    inPlaceOfTwilio(() => {
      const headers = type === undefined ? {} : { 'content-type': type };
      return new Response(body ? Buffer.from(body) : null, { status, headers });
    });

  it.each([403, 404, 410])('is missing when Twilio answers %i', async (status) => {
    const { messenger, picture } = await served(status, null);

    expect(await messenger.fetchPicture(aLink(picture), unbounded)).toBe('missing');
  });

  it('is missing when it is empty', async () => {
    const { messenger, picture } = await served(200, new Uint8Array(), 'image/jpeg');

    expect(await messenger.fetchPicture(aLink(picture), unbounded)).toBe('missing');
  });

  it.each([400, 401, 407, 408, 425, 429, 500, 502, 503, 504])(
    'is an outage when Twilio answers %i, which says nothing of it',
    async (status) => {
      const { messenger, picture } = await served(status, Buffer.from('<html>'), 'text/html');

      const fetched = messenger.fetchPicture(aLink(picture), unbounded);

      await expect(fetched).rejects.toSatisfy(
        (error: EngineError) => error.code === 'twilio_media' && isOutage(error),
      );
    },
  );

  it('is an outage when it is not given in time', async () => {
    const { messenger, picture } = await inPlaceOfTwilio(() => new Promise<Response>(() => {}));

    const fetched = messenger.fetchPicture(aLink(picture), { ...unbounded, timeoutMs: 50 });

    await expect(fetched).rejects.toMatchObject({ code: 'twilio_media' });
  });

  it.each([undefined, '', 'application/octet-stream', 'binary/octet-stream; charset=x'])(
    'has the type that the message declared when it is served as %j',
    async (type) => {
      const { messenger, picture } = await served(200, Uint8Array.of(1, 2), type);

      const fetched = await messenger.fetchPicture(aLink(picture, 'image/webp'), unbounded);

      expect(fetched).toMatchObject({ contentType: 'image/webp' });
    },
  );

  it('has the type of its bytes when neither says one', async () => {
    const anything = 'application/octet-stream';
    const { messenger, picture } = await served(200, jpeg, anything);

    const fetched = await messenger.fetchPicture(aLink(picture, anything), unbounded);

    expect(fetched).toMatchObject({ contentType: 'image/jpeg' });
  });

  it.each([
    ['a page', 'text/html', 'image/jpeg'],
    ['a file', 'application/octet-stream', 'application/octet-stream'],
    ['another kind', 'image/heic', 'image/jpeg'],
  ])('is no picture when it is %s', async (_what, type, declared) => {
    const { messenger, picture } = await served(200, Uint8Array.of(1, 2), type);

    expect(await messenger.fetchPicture(aLink(picture, declared), unbounded)).toBe('not a picture');
  });

  it.each([
    ['before it comes', { 'content-length': '100000' }, 0],
    ['while it comes', {}, 65_536],
  ])('is left where there is no room for it, %s', async (_when, length, most) => {
    const piece = new Uint8Array(25_000);
    const { messenger, picture } = await inPlaceOfTwilio(() => {
      const headers = { 'content-type': 'image/png', ...length };
      return new Response(ReadableStream.from([piece, piece, piece, piece]), { headers });
    });
    const room = byteRoom(65_536).hold();

    const fetched = await messenger.fetchPicture(aLink(picture), {
      ...unbounded,
      hold: (bytes) => room.take(bytes),
    });

    expect(fetched).toBe('no room');
    expect(room.bytes).toBeLessThanOrEqual(most);
  });
});
