import { describe, expect, it } from 'vitest';
import { business, customer } from '../../support/reply-builders.ts';
import { anAssistant, asking } from '../../support/reply-openai.ts';
import { aSecret } from '../../support/reply-secret.ts';
import { accountSid, aLink, authToken, connected, unbounded } from '../../support/reply-twilio.ts';

const message = {
  from: business,
  to: customer,
  body: 'Hello',
  statusCallback: 'https://x.example/',
};
const rotated = () => aSecret({ accountSid, authToken: 'old' }, { accountSid, authToken });

describe('an auth token that was rotated', () => {
  it('is taken again after a picture was refused', async () => {
    const { messenger, writes, mediaUrls } = await connected(rotated());
    await writes({ media: [{ contentType: 'image/png', bytes: Uint8Array.of(1) }] });
    const link = aLink(mediaUrls[0]);

    await expect(messenger.fetchPicture(link, unbounded)).rejects.toMatchObject({
      code: 'twilio_media',
    });

    expect(await messenger.fetchPicture(link, unbounded)).toMatchObject({
      contentType: 'image/png',
    });
  });

  it('is taken again after the message list was refused', async () => {
    const { messenger } = await connected(rotated());

    await expect(messenger.findAll(message, 0)).rejects.toMatchObject({ code: 'twilio_list' });

    expect(await messenger.findAll(message, 0)).toEqual([]);
  });

  it('leaves the message unsent while the secret cannot be read', async () => {
    const secret = aSecret({ accountSid, authToken: 'old' });
    const refresh = () => Promise.reject(new Error('away'));
    const { messenger } = await connected({ ...secret, refresh });

    expect(await messenger.send(message)).toMatchObject({ kind: 'not_sent' });
  });
});

describe('a message that Twilio did not take', () => {
  it.each([
    [408, 'unsure'],
    [404, 'not_sent'],
    [409, 'not_sent'],
    [422, 'unsure'],
  ])('answered by %i is %s', async (status, kind) => {
    const { messenger, answer } = await connected();
    answer('messages.create', { kind: 'respond', status });

    expect(await messenger.send(message)).toMatchObject({ kind });
  });
});

describe('the typing indicator', () => {
  it('does no harm when Twilio refuses it without a word', async () => {
    const { messenger, messageSid, answer } = await connected();
    answer('typing.create', { kind: 'respond', status: 400, body: {} });

    await expect(messenger.showTyping(messageSid)).resolves.toBeUndefined();
  });
});

describe('a thread that was seeded with our history', () => {
  it('does not lend an old answer to an equal new question', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const turn = asking('Hello!', 'SM2');
    const threadId = await assistant.openThread(turn, [
      { role: 'user', content: 'Hello!' },
      { role: 'assistant', content: 'An old answer.' },
    ]);
    faults.add({ operation: 'responses.create', effect: { kind: 'respond', status: 500 } });

    await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });

    expect(await assistant.findRun(threadId, turn)).toBeUndefined();
  });
});

describe('a wait that OpenAI asks for', () => {
  it('is left to the queue, not slept through', async () => {
    const { assistant, faults } = await anAssistant('responses');
    const effect = { kind: 'respond', status: 429, headers: { 'retry-after': '30' } } as const;
    faults.add({ operation: 'responses.retrieve', effect });

    const refused = assistant.checkRun('conv_1', 'resp_1');

    await expect(refused).rejects.toMatchObject({ code: 'openai_busy', retryAfterSeconds: 30 });
  });
});
