import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  LoadedRun,
  MailboxSimulator,
} from '../../../../local/simulators/mailbox/simulator.ts';
import { aMailbox, anEmail, fetchEmails, reply } from './mailbox.ts';

let mailbox: MailboxSimulator;
let run: LoadedRun;

beforeEach(async () => {
  mailbox = await aMailbox();
  run = mailbox.load({ emails: [anEmail('e1')] });
});

afterEach(() => mailbox.close());

describe('a fault of a mailbox', () => {
  it('can answer in its place, with no effect', async () => {
    run.box.faultInjection.faults.add({
      operation: 'respond',
      effect: { kind: 'respond', status: 503 },
    });

    const statuses = [(await reply(run, 'e1')).status, (await reply(run, 'e1')).status];

    expect(statuses).toEqual([503, 200]);
    expect(run.box.posts.map(({ outcome }) => outcome)).toEqual(['faulted', 'accepted']);
  });

  it('can lose the answer to a reply that took effect', async () => {
    run.box.faultInjection.faults.add({ operation: 'respond', effect: { kind: 'lose' } });

    await expect(reply(run, 'e1')).rejects.toThrow();
    const again = await reply(run, 'e1');

    expect(await again.json()).toEqual({ status: 'accepted' });
    expect(run.box.posts.map(({ outcome, lost }) => [outcome, lost])).toEqual([
      ['accepted', true],
      ['repeated', false],
    ]);
  });

  it('can make an answer slow, though the reply takes effect at once', async () => {
    run.box.faultInjection.faults.add({ operation: 'respond', effect: { kind: 'delay', ms: 40 } });

    await reply(run, 'e1');

    const [post] = run.box.posts;
    expect((post?.answeredAt ?? 0) - (post?.receivedAt ?? 0)).toBeGreaterThan(38);
    expect(post).toMatchObject({ emailId: 'e1', outcome: 'accepted' });
  });

  it('can spoil a fetch', async () => {
    run.box.faultInjection.faults.add({
      operation: 'emails',
      effect: { kind: 'respond', status: 503 },
    });
    run.box.faultInjection.faults.add({ operation: 'emails', effect: { kind: 'lose' } });

    expect((await fetchEmails(run)).status).toBe(503);
    await expect(fetchEmails(run)).rejects.toThrow();
    expect((await fetchEmails(run)).status).toBe(200);
  });

  it('does not hold up the closing of the mailbox', async () => {
    const closing = await aMailbox();
    const held = closing.load({ emails: [anEmail('e1')] });
    held.box.faultInjection.faults.add({
      operation: 'emails',
      effect: { kind: 'delay', ms: 60_000 },
    });
    const waiting = fetchEmails(held).catch(() => undefined);
    await fetchEmails(closing.load({ emails: [] }));

    await expect(closing.close()).resolves.toBeUndefined();

    await waiting;
  });

  it('comes by chance as often as asked, and to the same requests for the same seed', async () => {
    const statuses = async (seed: number) => {
      const ids = Array.from({ length: 200 }, (_, index) => `e${index + 1}`);
      const emails = ids.map((id) => anEmail(id));
      const spoilt = mailbox.load({ emails, faults: { unavailable: 0.2, seed } });
      const responses = await Promise.all(ids.map((id) => reply(spoilt, id)));
      return responses.map(({ status }) => status);
    };

    const [first, same, other] = [await statuses(1), await statuses(1), await statuses(2)];

    const unavailable = first.filter((status) => status === 503).length;
    expect(unavailable).toBeGreaterThan(20);
    expect(unavailable).toBeLessThan(60);
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
