import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { fetchEmails, mailbox } from '../../../lambdas/email-deadlines/vendors/mailbox.ts';
import { nobodyHere } from '../../support/reply-server.ts';
import {
  aReply,
  aServer,
  breaksOff,
  fetched,
  inTheMiddle,
  maxPostMs,
  never,
  posted,
  says,
  settings,
} from './a-mailbox.ts';

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
    [{ error: 'Cannot GET /emails?api_key=s3cret' }],
    ['plain words, as the customer wrote them'],
    [''],
  ])('is refused permanently by a 4xx, whose words are not repeated: %j', async (body) => {
    const { result } = await posted(says(404, body));

    expect(result).toEqual({ kind: 'refused', reason: 'the mailbox answered 404' });
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
    const result = await mailbox(settings(await nobodyHere())).post(aReply, maxPostMs);

    expect(result).toMatchObject({ kind: 'unavailable' });
  });

  it('has an end before its invocation’s, though a call might take longer', async () => {
    const { url } = await aServer(never);
    const slow = { ...settings(url), apiKey: () => new Promise<string>(() => {}) };
    const twice = { ...settings((await aServer(says(401, {}))).url), renewKeys: slow.apiKey };

    const results = await Promise.all(
      [settings(url), slow, twice].map((one) => mailbox(one).post(aReply, 50)),
    );

    for (const result of results) {
      expect(result).toEqual({ kind: 'unavailable', reason: 'TimeoutError' });
    }
  });

  it('keeps little of a huge answer', async () => {
    const { result } = await posted(says(400, 'x'.repeat(3_000_000)));

    expect(result).toEqual({ kind: 'refused', reason: 'the mailbox answered 400' });
  });

  it('is refused, and not sent, where the company has named a place inside our own network', async () => {
    const { url, asked } = await aServer(says(200, {}));

    const result = await mailbox({ ...settings(url), isOwn: true }).post(aReply, maxPostMs);

    expect(result).toMatchObject({ kind: 'refused' });
    expect(asked).toEqual([]);
  });

  it('is sent to a place on this machine only where the whole cloud is this machine', async () => {
    const { url, asked } = await aServer(says(200, {}));
    const own = { ...settings(url), isOwn: true, allowLoopback: true };

    expect(await mailbox(own).post(aReply, maxPostMs)).toMatchObject({ kind: 'accepted' });
    expect(asked).toHaveLength(1);
  });

  it('is taken nowhere else than to the configured place', async () => {
    const { result, asked } = await posted(says(307, {}, { location: '/elsewhere' }));

    expect(result).toEqual({ kind: 'refused', reason: 'the mailbox answered 307' });
    expect(asked).toHaveLength(1);
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
    ['refuses the key', says(403, { error: 'Wrong key' }), 'answered 403.'],
    ['has no such page', says(404, 'Cannot GET /emails?api_key=s3cret'), 'answered 404.'],
    ['answers no JSON', says(200, '<html>'), 'no JSON'],
    ['serves more than 20 MB', says(200, '', { 'content-length': '20000001' }), 'more than 20 MB'],
  ])('are given up from one that %s', async (_, answer, reason) => {
    await expect(fetched(answer)).rejects.toMatchObject({
      next: 'discard',
      code: 'mailbox_refused',
      message: expect.stringContaining(reason),
    });
  });

  it('are fetched also where a byte order mark stands before them', async () => {
    expect(await fetched(says(200, '\ufeff[{"email_id": "e1"}]'))).toEqual([{ email_id: 'e1' }]);
  });

  it.each([
    [
      '{"a": NaN, "b": [-Infinity,Infinity], "c": "NaN \\" NaN"}',
      { a: null, b: [null, null], c: 'NaN " NaN' },
    ],
    [
      '{"body": "two\nlines,\ta tab \\\\", "subject": "Hi"}',
      { body: 'two\nlines,\ta tab \\', subject: 'Hi' },
    ],
  ])(
    'are fetched also where one of them is written as no JSON may be: %j',
    async (written, email) => {
      expect(await fetched(says(200, `[${written}, {"email_id": "e1"}]`))).toEqual([
        email,
        { email_id: 'e1' },
      ]);
    },
  );

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
