import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../local/simulators/faults.ts';
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
  ])('is rejected permanently with code %i', async (errorCode, message) => {
    const { messenger, twilio } = await connected();

    const result = await messenger.send(message);

    expect(result).toEqual({ kind: 'rejected', errorCode });
    expect(twilio.sentTo(customer)).toEqual([]);
  });

  it.each([21610, 63016])('is rejected permanently with code %i', async (code) => {
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

  it.each([63018, 63038, 14107, 21611])(
    'is not sent when the sender is too fast (%i)',
    async (code) => {
      const { messenger, answer } = await connected();
      answer('messages.create', { kind: 'respond', status: 400, body: { code, message: 'Slow.' } });

      const result = await messenger.send(outbound);

      expect(result).toMatchObject({ kind: 'not_sent', reason: `busy (${code})` });
    },
  );

  it.each([63007, 21606, 21609])('is kept while its sender is not set up (%i)', async (code) => {
    const { messenger, answer } = await connected();
    answer('messages.create', { kind: 'respond', status: 400, body: { code, message: 'No.' } });

    const result = await messenger.send(outbound);

    expect(result).toMatchObject({ kind: 'not_sent', reason: expect.stringContaining(`${code}`) });
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
    ['an answer without its SID', { kind: 'respond', status: 201, body: {} }, 0],
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

    const found = await messenger.findAll(outbound, clock.now());

    expect(found).toEqual([twilio.sentTo(customer)[0]?.sid]);
  });

  it('is not found when Twilio never got it', async () => {
    const { messenger, answer, clock } = await connected();
    answer('messages.create', { kind: 'respond', status: 500 });
    await messenger.send(outbound);

    const found = await messenger.findAll(outbound, clock.now());

    expect(found).toEqual([]);
  });

  it('is looked for among equal ones since then, the newest first', async () => {
    const { messenger, twilio, clock } = await connected();
    await messenger.send(outbound);
    clock.pass(60_000);
    const since = clock.now();
    await messenger.send({ ...outbound, body: 'Something else.' });
    await messenger.send(outbound);
    const [first, , again] = twilio.sentTo(customer).map(({ sid }) => sid);

    const found = [await messenger.findAll(outbound, since), await messenger.findAll(outbound, 0)];

    expect(found).toEqual([[again], [again, first]]);
  });

  it('is looked for again later when the list cannot be read', async () => {
    const { messenger, answer } = await connected();
    answer('messages.list', { kind: 'respond', status: 503 });

    const found = messenger.findAll(outbound, 0);

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
