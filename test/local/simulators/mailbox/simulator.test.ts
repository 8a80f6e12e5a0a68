import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LoadedRun,
  type MailboxSimulator,
  preciseNow,
} from '../../../../local/simulators/mailbox/simulator.ts';
import { aMailbox, anEmail, emailsOf, fetchEmails, reply } from './mailbox.ts';

let mailbox: MailboxSimulator;
let run: LoadedRun;

beforeEach(async () => {
  mailbox = await aMailbox();
  run = mailbox.load({ emails: [anEmail('e1'), anEmail('e2', { dependencies: 'e1' })] });
});

afterEach(() => mailbox.close());

const outcomes = (of: LoadedRun | undefined = run) => of?.box.posts.map(({ outcome }) => outcome);

describe('the emails of a mailbox', () => {
  it('are those it was loaded with, to the letter', async () => {
    const emails = [anEmail('e1', { dependencies: ['e1'] }), { nonsense: true }, 7];

    expect(await emailsOf(mailbox.load({ emails }))).toEqual(emails);
  });

  it('may be answered also where they are malformed', async () => {
    const odd = mailbox.load({ emails: [{ ...anEmail('T#7'), deadline: null }] });

    const answer = await reply(odd, 'T#7');

    expect(answer.status).toBe(200);
    expect(outcomes(odd)).toEqual(['accepted']);
  });

  it('are a sample where none are named, some of which depend on others of it', async () => {
    const emails = await emailsOf(mailbox.load());

    const ids = emails.map(({ email_id }) => email_id);
    const needed = emails.flatMap(({ dependencies }) => dependencies);
    expect(new Set(ids).size).toBe(20);
    expect(needed.length).toBeGreaterThan(0);
    expect(ids).toEqual(expect.arrayContaining(needed));
  });

  it('are not given for a wrong key, nor from a box that is not there', async () => {
    const wrong = await fetchEmails(run, { key: 'another' });
    const absent = await fetchEmails({ emailsUrl: run.emailsUrl.replace(run.id, 'nobody') });

    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toEqual({ error: 'Expected the api_key of this mailbox' });
    expect(absent.status).toBe(404);
  });

  it('count their deadlines from the last fetch before the first answer', async () => {
    await fetchEmails(run);
    const before = preciseNow();
    await fetchEmails(run);
    const after = preciseNow();
    await reply(run, 'e1');
    await fetchEmails(run);

    const { startedAt } = run.box.record();

    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(startedAt).toBeLessThanOrEqual(after);
  });
});

describe('a reply to a mailbox', () => {
  it('is accepted, and recorded with when it came and was answered', async () => {
    const before = preciseNow();
    const response = await reply(run, 'e1');
    const after = preciseNow();

    expect([response.status, await response.json()]).toEqual([200, { status: 'accepted' }]);
    const [post] = run.box.posts;
    expect(post).toMatchObject({ emailId: 'e1', key: 'key of e1', response: 'It is on its way.' });
    const times = [before, post?.receivedAt ?? 0, post?.answeredAt ?? 0, after];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it.each([
    ['an unknown email', { email_id: 'e99' }, 'Unknown email_id: e99'],
    ['an empty response', { response: ' ' }, 'Empty response'],
    ['no response', { response: undefined }, 'Missing or of the wrong type: response'],
    ['no test mode', { test_mode: undefined }, 'Missing or of the wrong type: test_mode'],
    ['no key', { api_key: undefined }, 'Missing or of the wrong type: api_key'],
    ['an id that is no text', { email_id: 7 }, 'Missing or of the wrong type: email_id'],
  ])('with %s is refused with the reason', async (_, body, error) => {
    const response = await reply(run, 'e1', { body });

    expect([response.status, await response.json()]).toEqual([400, { error }]);
    expect(outcomes()).toEqual(['refused']);
  });

  it('that is no JSON is refused', async () => {
    const response = await fetch(run.respondUrl, { method: 'POST', body: '{' });

    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'Expected a JSON object' },
    ]);
  });

  it('with a wrong api key is refused, and its Idempotency-Key is free for the right one', async () => {
    const wrong = await reply(run, 'e1', { body: { api_key: 'another' } });
    const right = await reply(run, 'e1');

    expect([wrong.status, right.status]).toEqual([401, 200]);
    expect(outcomes()).toEqual(['refused', 'accepted']);
  });

  it('with a key that was seen gets the first answer again, and is no second send', async () => {
    const accepted = [await reply(run, 'e1'), await reply(run, 'e1')];
    const refused = [
      await reply(run, 'e2', { key: 'k', body: { response: '' } }),
      await reply(run, 'e2', { key: 'k' }),
    ];

    expect(accepted.map(({ status }) => status)).toEqual([200, 200]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400]);
    expect(outcomes()).toEqual(['accepted', 'repeated', 'refused', 'repeated']);
  });

  it('with another key to the same email is accepted too, and recorded as a duplicate', async () => {
    await reply(run, 'e1');
    const second = await reply(run, 'e1', { key: 'another' });

    expect(second.status).toBe(200);
    expect(outcomes()).toEqual(['accepted', 'duplicate']);
  });

  it('reaches only the box it was posted to', async () => {
    const other = mailbox.load({ emails: [anEmail('e1')], apiKey: 'of the other' });

    await reply(other, 'e1', { body: { api_key: 'of the other' } });

    expect([outcomes(), outcomes(other)]).toEqual([[], ['accepted']]);
  });
});

describe('the fresh mailbox', () => {
  it('has new emails at every fetch, each fetch a run of its own', async () => {
    const first = await emailsOf(mailbox.fresh);
    const second = await emailsOf(mailbox.fresh, false);

    expect([first.length, second.length]).toEqual([20, 50]);
    for (const { email_id } of first) await reply(mailbox.fresh, email_id);
    expect(outcomes(mailbox.run('fresh-2'))).toEqual(first.map(() => 'accepted'));
    expect(outcomes(mailbox.run('fresh-3'))).toEqual([]);
  });

  it('serves the emails that were asked for once, and takes replies to them after a later fetch', async () => {
    mailbox.next({ emails: [anEmail('mine')] });

    const [asked, sample] = [await emailsOf(mailbox.fresh), await emailsOf(mailbox.fresh)];
    await reply(mailbox.fresh, 'mine');

    expect([asked, sample.length]).toEqual([[anEmail('mine')], 20]);
    expect(outcomes(mailbox.run('fresh-2'))).toEqual(['accepted']);
  });

  it('makes no run for a wrong key, and refuses an id that it never gave', async () => {
    const wrong = await fetchEmails(mailbox.fresh, { key: 'another' });
    expect([wrong.status, mailbox.runs().length]).toEqual([401, 1]);

    await fetchEmails(mailbox.fresh);
    const unknown = await reply(mailbox.fresh, 'e1');
    expect(await unknown.json()).toEqual({ error: 'Unknown email_id: e1' });
  });
});

describe('a mailbox with a file', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'mailbox-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('remembers boxes, times, keys and posts over a restart', async () => {
    const file = path.join(folder, 'mailbox.sqlite');
    const before = await aMailbox({ file });
    const loaded = before.load({ id: 'demo', emails: [anEmail('e1'), anEmail('e2')] });
    await fetchEmails(loaded);
    await reply(loaded, 'e1');
    const record = loaded.box.record();
    await before.close();

    const after = await aMailbox({ file });
    const found = after.run('demo');

    expect(found?.box.record()).toEqual(record);
    if (found) await reply(found, 'e1');
    expect(found?.box.posts.map(({ outcome }) => outcome)).toEqual(['accepted', 'repeated']);
    await after.close();
  });

  it('forgets what a box had when another run is loaded into it', async () => {
    const file = path.join(folder, 'mailbox.sqlite');
    const before = await aMailbox({ file });
    await reply(before.load({ id: 'demo', emails: [anEmail('e1')] }), 'e1');
    before.load({ id: 'demo', emails: [anEmail('e1')] });
    await before.close();

    const after = await aMailbox({ file });

    expect(after.run('demo')?.box.posts).toEqual([]);
    expect(after.runs()).toHaveLength(1);
    await after.close();
  });
});

describe('a mailbox under many posts', () => {
  it('takes 1,000 of them', async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `e${index}`);
    const many = mailbox.load({ emails: ids.map((id) => anEmail(id)) });

    for (let at = 0; at < ids.length; at += 50) {
      await Promise.all(ids.slice(at, at + 50).map((id) => reply(many, id)));
    }

    expect(outcomes(many)).toEqual(ids.map(() => 'accepted'));
  });
});
