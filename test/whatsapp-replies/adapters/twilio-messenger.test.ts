import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Effect, SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { business, customer } from '../../support/reply-builders.ts';
import { aSecret } from '../../support/reply-secret.ts';
import { nobodyHere } from '../../support/reply-server.ts';
import { accountSid, authToken, connected, messengerAt } from '../../support/reply-twilio.ts';

const outbound = {
  from: business,
  to: customer,
  body: 'Your order is *on its way*.',
  statusCallback: 'https://replies.example/status?reply=abc',
};

describe('message', () => {
  it('is sent as it is, with its SID and status', async () => {
    const { messenger, twilio } = await connected();

    const result = await messenger.send(outbound);

    const [sent] = twilio.sentTo(customer);
    expect(result).toEqual({ kind: 'sent', messageSid: sent?.sid, status: 'queued' });
    expect(sent).toMatchObject(outbound);
  });

  it.each([
    [21617, { ...outbound, body: 'x'.repeat(1601) }],
    [21211, { ...outbound, to: 'whatsapp:nobody' }],
  ])('is rejected for good with code %i', async (errorCode, message) => {
    const { messenger, twilio } = await connected();

    const result = await messenger.send(message);

    expect(result).toEqual({ kind: 'rejected', errorCode });
    expect(twilio.sentTo(customer)).toEqual([]);
  });

  it.each([21610, 63016])('is rejected for good with code %i', async (code) => {
    const { messenger, answer } = await connected();
    answer('messages.create', { kind: 'respond', status: 400, body: { code, message: 'No.' } });

    const result = await messenger.send(outbound);

    expect(result).toEqual({ kind: 'rejected', errorCode: code });
  });

  it('is not sent when Twilio has no time now, which says when it has', async () => {
    const { messenger, answer } = await connected();
    const headers = { 'retry-after': '9' };
    answer('messages.create', { kind: 'respond', status: 429, headers, body: { code: 20429 } });

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'not_sent', retryAfterSeconds: 9 });
  });

  it.each([63018, 63038, 14107])('is not sent when the sender is too fast (%i)', async (code) => {
    const { messenger, answer } = await connected();
    answer('messages.create', { kind: 'respond', status: 400, body: { code, message: 'Slow.' } });

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'not_sent', reason: `busy (${code})` });
  });

  it('is not sent with credentials of yesterday, and is with those that are stored now', async () => {
    const old = { accountSid, authToken: 'the-token-of-yesterday' };
    const credentials = aSecret(old, { accountSid, authToken });
    const { messenger } = await connected(credentials);

    const results = [await messenger.send(outbound), await messenger.send(outbound)];

    expect(results).toMatchObject([{ kind: 'not_sent' }, { kind: 'sent' }]);
    expect(credentials.refreshes).toBe(1);
  });

  it('is not sent where nobody listens', async () => {
    const { messenger } = messengerAt(await nobodyHere());

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'not_sent', reason: 'no connection' });
  });

  it.each<[string, Effect, number]>([
    ['a server error', { kind: 'respond', status: 500, body: { code: 20500 } }, 0],
    ['a gateway that answers without JSON', { kind: 'respond', status: 502, body: null }, 0],
    ['a lost answer', { kind: 'lose' }, 1],
  ])('is in doubt after %s', async (_what, effect, sent) => {
    const { messenger, twilio, answer } = await connected();
    answer('messages.create', effect);

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'unsure' });
    expect(twilio.sentTo(customer)).toHaveLength(sent);
  });
});

describe('message in doubt', () => {
  it('is found by its words when Twilio has it', async () => {
    const { messenger, twilio, answer, clock } = await connected();
    answer('messages.create', { kind: 'lose' });
    await messenger.send(outbound);

    const found = await messenger.find(outbound, clock.now(), []);

    expect(found).toBe(twilio.sentTo(customer)[0]?.sid);
  });

  it('is not found when Twilio never got it', async () => {
    const { messenger, answer, clock } = await connected();
    answer('messages.create', { kind: 'respond', status: 500 });
    await messenger.send(outbound);

    const found = await messenger.find(outbound, clock.now(), []);

    expect(found).toBeUndefined();
  });

  it('is not taken for an equal one of before, one that is known, or other words', async () => {
    const { messenger, clock } = await connected();
    const first = await messenger.send(outbound);
    clock.pass(60_000);
    await messenger.send({ ...outbound, body: 'Something else.' });
    const since = clock.now();
    const sid = 'messageSid' in first ? first.messageSid : '';

    const found = [
      await messenger.find(outbound, since, []),
      await messenger.find(outbound, 0, [sid]),
      await messenger.find(outbound, 0, []),
    ];

    expect(found).toEqual([undefined, undefined, sid]);
  });

  it('is looked for again later when the list cannot be read', async () => {
    const { messenger, answer } = await connected();
    answer('messages.list', { kind: 'respond', status: 503 });

    const found = messenger.find(outbound, 0, []);

    await expect(found).rejects.toMatchObject({ next: 'retry', code: 'twilio_list' });
  });
});

describe('typing indicator', () => {
  it("is shown for the customer's message", async () => {
    const { messenger, messageSid, twilio } = await connected();

    await messenger.showTyping(messageSid);

    expect(twilio.events(customer)).toContainEqual(
      expect.objectContaining({ kind: 'typing', sid: messageSid }),
    );
  });

  it.each<[string, Effect]>([
    ['refused', { kind: 'respond', status: 400, body: { code: 20001, message: 'No.' } }],
    ['limited', { kind: 'respond', status: 429 }],
    ['cut off', { kind: 'lose' }],
  ])('is left out without an error when it is %s', async (_what, effect) => {
    const { messenger, messageSid, answer, log } = await connected();
    answer('typing.create', effect);

    await messenger.showTyping(messageSid);

    expect(log.lines.map(({ level }) => level)).toEqual(['debug']);
  });
});

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

    expect(picture?.contentType).toBe('image/png');
    expect([...(picture?.bytes ?? [])]).toEqual([...png.bytes]);
  });

  it('is fetched from another store without our credentials', async () => {
    const { messenger, answer, writes, mediaUrls } = await connected();
    const stranger = await aStranger();
    await writes({ media: [png] });
    const headers = { location: `${stranger.url}/bytes` };
    answer('media.fetch', { kind: 'respond', status: 307, headers });

    const [url = ''] = mediaUrls;
    const picture = await messenger.fetchImage(url);

    expect(picture?.contentType).toBe('image/png');
    expect(stranger.asked).toEqual([undefined]);
  });

  it('is none when it is larger than WhatsApp allows, or gone', async () => {
    const { messenger, writes, mediaUrls, twilio } = await connected();
    await writes({ media: [{ ...png, bytes: new Uint8Array(5 * 1024 * 1024 + 1) }] });

    const [url = ''] = mediaUrls;
    const pictures = [
      await messenger.fetchImage(url),
      await messenger.fetchImage(twilio.url + pathOf('MMgone')),
    ];

    expect(pictures).toEqual([undefined, undefined]);
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

    expect(pictures).toEqual(elsewhere.map(() => undefined));
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
