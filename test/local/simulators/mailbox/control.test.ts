import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MailboxSimulator } from '../../../../local/simulators/mailbox/simulator.ts';
import { aMailbox, anEmail, emailsOf, reply } from './mailbox.ts';

let mailbox: MailboxSimulator;
let runs: string;

beforeEach(async () => {
  mailbox = await aMailbox();
  runs = `${mailbox.url}/_control/runs`;
});

afterEach(() => mailbox.close());

const send = (url: string, body: unknown, method = 'POST') =>
  fetch(url, { method, body: JSON.stringify(body) });

const loaded = async (order: unknown) => {
  const response = await send(runs, order);
  const { id, emails_url, respond_url } = (await response.json()) as Record<string, string>;
  return { id, emailsUrl: emails_url ?? '', respondUrl: respond_url ?? '' };
};

describe('the control API of the mailbox', () => {
  it('loads runs and says where they are', async () => {
    const sample = await loaded({});
    const given = await loaded({ id: 'mine', emails: [anEmail('e1')] });

    expect(await emailsOf(sample)).toHaveLength(20);
    expect(given.emailsUrl).toBe(`${mailbox.url}/box/mine/emails`);
    const listed = (await (await fetch(runs)).json()) as { runs: { id: string }[] };
    expect(listed.runs.map(({ id }) => id)).toEqual([sample.id, 'mine']);
  });

  it('gives the record of a run', async () => {
    const run = await loaded({ id: 'mine', emails: [anEmail('e1')] });
    await emailsOf(run);
    await reply(run, 'e1');

    const record = await fetch(`${runs}/mine/record`);

    expect(await record.json()).toMatchObject({
      emails: [{ email_id: 'e1' }],
      posts: [{ emailId: 'e1', outcome: 'accepted' }],
    });
  });

  it('injects faults into a box, by chance or one by one', async () => {
    const run = await loaded({ id: 'mine', emails: [anEmail('e1')] });

    await send(`${runs}/mine/chances`, { unavailable: 1 }, 'PUT');
    const byChance = await reply(run, 'e1');
    await send(`${runs}/mine/chances`, {}, 'PUT');
    const effect = { kind: 'respond', status: 429 };
    await send(`${runs}/mine/faults`, { operation: 'respond', effect });
    const byOrder = await reply(run, 'e1');

    expect([byChance.status, byOrder.status]).toEqual([503, 429]);
    expect((await reply(run, 'e1')).status).toBe(200);
  });

  it('says what is wrong with a request', async () => {
    const order = await send(runs, { emails: 'many', cuont: 5 });
    const chances = await send(runs, { faults: { unavailable: 0.7, lost: 0.7 } });
    const noJson = await fetch(runs, { method: 'POST', body: 'x' });

    const texts = await Promise.all([order, chances, noJson].map((answer) => answer.text()));
    expect([order, chances, noJson].map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(texts[0]).toMatch(/cuont[\s\S]*emails|emails[\s\S]*cuont/);
    expect(texts[1]).toContain('at most 1 together');
    expect(texts[2]).toContain('Expected the body to be JSON');
  });

  it('knows no run that was not loaded', async () => {
    const answers = [
      await fetch(`${runs}/nobody/record`),
      await send(`${runs}/nobody/chances`, {}, 'PUT'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  it('is closed to a page of another site', async () => {
    const response = await fetch(runs, { headers: { origin: 'https://elsewhere.example' } });

    expect(response.status).toBe(403);
  });
});
