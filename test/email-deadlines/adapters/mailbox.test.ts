import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchEmails, mailbox } from '../../../lambdas/email-deadlines/adapters/mailbox.ts';
import { alertPerson } from '../../../lambdas/runtime/errors.ts';
import { nobodyHere } from '../../support/reply-server.ts';

interface Asked {
  method: string | undefined;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A mailbox's server that answers as it is told. */
async function aServer(answer: (response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://mailbox');
      asked.push({ method: request.method, url, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/box?team=1`, asked };
}

const says =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, headers)
      .end(typeof body === 'string' ? body : JSON.stringify(body));

const settings = (url: string, timeoutMs = 5_000) => ({
  url,
  apiKey: async () => 's3cret & more',
  renewKeys: async () => {},
  timeoutMs,
});

const aReply = {
  email_id: 'e1',
  response: 'It is on its way.',
  test_mode: true,
  idempotencyKey: 'run-1:e1',
};

/** What becomes of a reply to a mailbox that answers so. */
async function posted(answer: (response: ServerResponse) => void, timeoutMs?: number) {
  const { url, asked } = await aServer(answer);
  return { result: await mailbox(settings(url, timeoutMs)).post(aReply), asked };
}

async function fetched(answer: (response: ServerResponse) => void, timeoutMs?: number) {
  const { url } = await aServer(answer);
  return fetchEmails(settings(url, timeoutMs), true);
}

const never = () => {};
const breaksOff = (response: ServerResponse) => void response.destroy();
const inTheMiddle = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('[{"email_id"');
  response.flushHeaders();
  setImmediate(() => response.destroy());
};

describe('a reply to the mailbox', () => {
  it('carries the key, the mode and what makes it the same reply', async () => {
    const { result, asked } = await posted(says(200, {}));

    expect(result).toEqual({ kind: 'accepted' });
    expect(asked).toMatchObject([
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'run-1:e1' },
      },
    ]);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      email_id: 'e1',
      response: 'It is on its way.',
      test_mode: true,
      api_key: 's3cret & more',
    });
  });

  it.each([
    [{ error: 'Unknown email' }, '404: Unknown email'],
    [{ detail: 'Gone' }, '404: Gone'],
    [{ message: 'No' }, '404: No'],
    [{ error: { code: 7 } }, '404: it gave no reason'],
    ['plain words, as the customer wrote them', '404: its reason is no JSON'],
    ['', '404: it gave no reason'],
    [{ error: 'x'.repeat(999) }, `404: ${'x'.repeat(300)}`],
  ])('is refused for good by a 4xx, with its reason: %j', async (body, reason) => {
    const { result } = await posted(says(404, body));

    expect(result).toEqual({ kind: 'refused', reason });
  });

  it.each([500, 502, 503, 429, 408])('may be posted again after %i', async (status) => {
    const { result } = await posted(says(status, {}));

    expect(result).toEqual({ kind: 'unavailable', reason: `it answered ${status}` });
  });

  it.each([
    ['2', 2_000],
    ['3600', 60_000],
  ])('waits as long as Retry-After says, up to a minute: %s', async (header, retryAfterMs) => {
    const { result } = await posted(says(429, {}, { 'retry-after': header }));

    expect(result).toMatchObject({ kind: 'unavailable', retryAfterMs });
  });

  it.each(['soon', '-1', 'Sat, 21 Nov 2026 10:00:00 GMT'])(
    'makes nothing of a Retry-After of %s',
    async (header) => {
      const { result } = await posted(says(503, {}, { 'retry-after': header }));

      expect(result).toEqual({ kind: 'unavailable', reason: 'it answered 503' });
    },
  );

  it.each([
    ['says nothing in time', never],
    ['breaks the connection', breaksOff],
    ['breaks off its answer', inTheMiddle],
  ])('may be posted again to a mailbox that %s', async (_, answer) => {
    const { result } = await posted(answer, 100);

    expect(result).toMatchObject({ kind: 'unavailable' });
  });

  it('may be posted again to a mailbox that is not there', async () => {
    const result = await mailbox(settings(await nobodyHere())).post(aReply);

    expect(result).toMatchObject({ kind: 'unavailable' });
  });

  it('keeps little of a huge answer', async () => {
    const { result } = await posted(says(400, 'x'.repeat(3_000_000)));

    expect(result).toEqual({ kind: 'refused', reason: '400: it gave no reason' });
  });

  it('is refused, and not sent, where the company has named a place inside our own network', async () => {
    const { url, asked } = await aServer(says(200, {}));

    const result = await mailbox({ ...settings(url), isOwn: true }).post(aReply);

    expect(result).toMatchObject({ kind: 'refused' });
    expect(asked).toEqual([]);
  });

  it('is taken nowhere else than to the configured place', async () => {
    const { result, asked } = await posted(says(307, {}, { location: '/elsewhere' }));

    expect(result).toEqual({ kind: 'refused', reason: '307: it gave no reason' });
    expect(asked).toHaveLength(1);
  });
});

describe('the key of a mailbox', () => {
  /** A mailbox that knows `right` alone; the keys are read anew as `stored` says. */
  async function aMailbox(kept: string, stored: string | Error) {
    const { url, asked } = await aServer((response) => {
      const last = asked.at(-1);
      const given = (last?.url.searchParams.get('api_key') ?? last?.body) || '';
      says(given.includes('right') ? 200 : 401, given.includes('right') ? [] : {})(response);
    });
    let key = kept;
    const keys = {
      apiKey: async () => key,
      renewKeys: async () => {
        if (stored instanceof Error) throw stored;
        key = stored;
      },
    };
    return { asked, place: { ...settings(url), ...keys } };
  }

  it('is read anew when it is refused, and one that has taken its place is used at once', async () => {
    const fetching = await aMailbox('old', 'right');
    const posting = await aMailbox('old', 'right');

    expect(await fetchEmails(fetching.place, true)).toEqual([]);
    expect(await mailbox(posting.place).post(aReply)).toEqual({ kind: 'accepted' });
    expect([fetching.asked.length, posting.asked.length]).toEqual([2, 2]);
  });

  it.each([
    ['is the same', 'old'],
    ['cannot be read', new Error('away')],
  ])('that is refused is tried once where the stored one %s', async (_, stored) => {
    const { asked, place } = await aMailbox('old', stored);

    expect(await mailbox(place).post(aReply)).toEqual({
      kind: 'unavailable',
      reason: 'it refused the key (401)',
    });
    await expect(fetchEmails(place, true)).rejects.toMatchObject({ code: 'mailbox_refused' });
    expect(asked).toHaveLength(2);
  });

  it('that is missing is no matter of the mailbox', async () => {
    const missing = alertPerson('mailbox_missing', 'There is none for acme.');
    const { url, asked } = await aServer(says(200, []));
    const place = { ...settings(url), apiKey: () => Promise.reject(missing) };

    await expect(mailbox(place).post(aReply)).rejects.toBe(missing);
    await expect(fetchEmails(place, true)).rejects.toBe(missing);
    expect(asked).toEqual([]);
  });
});

describe('the emails of a mailbox', () => {
  it('are fetched with the key and the mode, beside what the URL has', async () => {
    const { url, asked } = await aServer(says(200, [{ email_id: 'e1' }]));

    const emails = await fetchEmails(settings(url), false);

    expect(emails).toEqual([{ email_id: 'e1' }]);
    expect(asked[0]?.method).toBe('GET');
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({
      team: '1',
      api_key: 's3cret & more',
      test_mode: 'false',
    });
  });

  it.each([
    ['answers 500', says(500, {})],
    ['answers 429', says(429, {})],
    ['says nothing in time', never],
    ['breaks the connection', breaksOff],
    ['breaks off its answer', inTheMiddle],
  ])('are fetched again from one that %s', async (_, answer) => {
    await expect(fetched(answer, 100)).rejects.toMatchObject({
      next: 'retry',
      code: 'mailbox_unavailable',
    });
  });

  it.each([
    ['refuses the key', says(403, { error: 'Wrong key' }), '403: Wrong key'],
    ['has no such page', says(404, ''), '404: it gave no reason'],
    ['answers no JSON', says(200, '<html>'), 'no JSON'],
    ['serves more than 20 MB', says(200, '', { 'content-length': '20000001' }), 'more than 20 MB'],
  ])('are given up from one that %s', async (_, answer, reason) => {
    await expect(fetched(answer)).rejects.toMatchObject({
      next: 'discard',
      code: 'mailbox_refused',
      message: expect.stringContaining(reason),
    });
  });

  it('are given up where more than 20 MB come without a word before', async () => {
    const endless = (response: ServerResponse) => {
      for (let n = 0; n < 21; n++) response.write('x'.repeat(1_000_000));
      response.end();
    };

    await expect(fetched(endless)).rejects.toMatchObject({ next: 'discard' });
  });

  it('are not fetched inside our own network, where the company has named the place', async () => {
    const { url, asked } = await aServer(says(200, []));

    const fetching = fetchEmails({ ...settings(url), isOwn: true }, true);

    await expect(fetching).rejects.toMatchObject({ next: 'discard', code: 'mailbox_refused' });
    expect(asked).toEqual([]);
  });

  it('leave the key in no error', async () => {
    const url = await nobodyHere();

    const error: unknown = await fetchEmails(settings(url), true).catch((thrown) => thrown);

    expect(String(error)).toContain('did not answer');
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
  });
});
