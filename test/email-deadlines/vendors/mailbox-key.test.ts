import { describe, expect, it } from 'vitest';
import { fetchEmails, mailbox } from '../../../lambdas/email-deadlines/vendors/mailbox.ts';
import { alertPerson } from '../../../lambdas/shared/errors.ts';
import { aReply, aServer, maxPostMs, says, settings } from './a-mailbox.ts';

describe('the key of a mailbox', () => {
  /** A mailbox that knows `right` alone; the keys are read again as `stored` says. */
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

  it('is read again when it is refused, and one that has taken its place is used at once', async () => {
    const fetching = await aMailbox('old', 'right');
    const posting = await aMailbox('old', 'right');

    expect(await fetchEmails(fetching.place, true)).toEqual([]);
    expect(await mailbox(posting.place).post(aReply, maxPostMs)).toEqual({ kind: 'accepted' });
    expect([fetching.asked.length, posting.asked.length]).toEqual([2, 2]);
  });

  it.each([
    ['is the same', 'old'],
    ['cannot be read', new Error('away')],
  ])('that is refused is tried once where the stored one %s', async (_, stored) => {
    const { asked, place } = await aMailbox('old', stored);

    expect(await mailbox(place).post(aReply, maxPostMs)).toEqual({
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

    await expect(mailbox(place).post(aReply, maxPostMs)).rejects.toBe(missing);
    await expect(fetchEmails(place, true)).rejects.toBe(missing);
    expect(asked).toEqual([]);
  });
});
