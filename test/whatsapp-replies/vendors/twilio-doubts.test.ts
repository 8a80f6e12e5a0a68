import { describe, expect, it } from 'vitest';
import { business, customer } from '../../support/reply-builders.ts';
import { inPlaceOfTwilio } from '../../support/reply-twilio.ts';

const outbound = {
  from: business,
  to: customer,
  body: 'Your order is *on its way*.',
  statusCallback: 'https://replies.example/status?reply=abc',
};
const html = '<html><body><h1>Bad Request</h1></body></html>';
const page = (body: string, status: number, type = 'text/html') =>
  new Response(body, { status, headers: { 'content-type': type } });

describe('a refusal without a code of Twilio', () => {
  const statuses = [400, 402, 406, 407, 408, 410, 411, 413, 414, 417, 421, 422, 424, 431, 451];
  const bodies: [what: string, body: string][] = [
    ['HTML', html],
    ['nothing', ''],
    ['JSON without a code', '{"message":"Bad Request"}'],
    ['JSON with the code of somebody else', '{"code":400,"message":"Bad Request"}'],
    ['JSON with words for a code', '{"code":"bad_request"}'],
    ['JSON that is no object', '"Bad Request"'],
    ['JSON that is cut off', '{"code":2161'],
  ];
  const cases = statuses.flatMap((status) =>
    bodies.map(([what, body]) => ({ status, what, body })),
  );

  it.each(cases)('leaves the message in doubt: $status with $what', async ({ status, body }) => {
    const { messenger } = await inPlaceOfTwilio(() => page(body, status));

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'unsure' });
  });

  it.each([401, 403, 404, 405, 409])('keeps the message unsent: %i with HTML', async (status) => {
    const { messenger } = await inPlaceOfTwilio(() => page(html, status));

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'not_sent' });
  });

  it('is none when Twilio says in the form of RFC 9457 why it refuses', async () => {
    const body = { type: 'about:blank', title: 'Opted out', status: 400, code: 21610 };
    const { messenger } = await inPlaceOfTwilio(() => page(JSON.stringify(body), 400));

    const result = await messenger.send(outbound);

    expect(result).toEqual({ kind: 'rejected', errorCode: 21610 });
  });
});

describe('an answer that names no message', () => {
  it.each<[what: string, body: string]>([
    ['HTML', html],
    ['nothing', ''],
    ['null', 'null'],
    ['a text', '"accepted"'],
    ['a list', '[]'],
    ['JSON that is cut off', '{"sid":"SM0123456789'],
    ['an empty SID', '{"sid":""}'],
    ['a SID that is no text', '{"sid":7}'],
  ])('leaves the message in doubt: %s', async (_what, body) => {
    const { messenger } = await inPlaceOfTwilio(() => page(body, 201));

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'unsure' });
  });

  it.each([301, 302, 303, 307, 308])('is not followed elsewhere (%i)', async (status) => {
    const asked: string[] = [];
    const { messenger } = await inPlaceOfTwilio(({ url }) => {
      asked.push(new URL(url).pathname);
      return new Response(null, { status, headers: { location: '/login' } });
    });

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'unsure' });
    expect(asked).not.toContain('/login');
  });

  it.each<[what: string, body: string]>([
    ['HTML', html],
    ['an object of another kind', '{"hello":"world"}'],
  ])('has the search tried again later: %s', async (_what, body) => {
    const { messenger } = await inPlaceOfTwilio(() => page(body, 200));

    const found = messenger.findAll(outbound, 0);

    await expect(found).rejects.toMatchObject({ next: 'retry', code: 'twilio_list' });
  });
});

describe('a send without an answer', () => {
  it('may still be taken when its time was over', async () => {
    const slow = (request: Request) =>
      new Promise<Response>((resolve) => {
        request.signal.addEventListener('abort', () => resolve(page('', 201)));
      });
    const { messenger } = await inPlaceOfTwilio(slow, { sendTimeoutMs: 50 });

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'unsure', mayComeLate: true });
  });

  it.each([408, 504])('may still be taken when that of a gateway was over (%i)', async (status) => {
    const { messenger } = await inPlaceOfTwilio(() => page(html, status));

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'unsure', mayComeLate: true });
  });

  it('has had its effect, if any, when the connection was cut', async () => {
    const { messenger } = await inPlaceOfTwilio(() => page('{"sid":"SM', 201));

    const result = await messenger.send(outbound);

    expect(result).not.toHaveProperty('mayComeLate');
  });
});
