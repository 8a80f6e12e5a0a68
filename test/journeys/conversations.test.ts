import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { close, handBack, list, say, show, takeOver } from '../../bin/conversations.ts';
import type { Conversation, Message } from '../../lambdas/conversations/conversation.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';
import { startReceiver } from '../support/receiver.ts';
import { aConversationOf } from '../support/routes.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});

afterAll(() => engine.stop());

const { call, setFeature, expectSilentLogs } = callsOf(() => engine);

/** A company of its own with a conversation, whose people use the command line. */
async function aCompany(name: string) {
  await engine.tenants.create(name, name);
  const { text: key } = await aKey(engine, name);
  const id = await aConversationOf(engine, name);
  const api = { url: engine.cloud.url, key };
  /** What a command prints. */
  async function printed(command: () => Promise<void>): Promise<string> {
    const lines: string[] = [];
    const spy = vi
      .spyOn(console, 'log')
      .mockImplementation((line: string) => void lines.push(line));
    await command().finally(() => spy.mockRestore());
    return lines.join('\n');
  }
  const json = async <Value>(command: (options: typeof api & { json: true }) => Promise<void>) =>
    JSON.parse(await printed(() => command({ ...api, json: true }))) as Value;
  return { key, id, api, printed, json };
}

describe('a person at the command line', () => {
  it('finds a conversation, takes it over, writes, hands it back and closes it', async () => {
    const { id, api, printed, json } = await aCompany('desk');

    expect(await printed(() => list({ ...api, limit: 20 }))).toContain(`${id}  webchat`);
    const taken = await printed(() => takeOver(id, { ...api, name: 'Eva' }));
    const said = await json<Message>((options) =>
      say(id, ['Hello,', 'Eva here.'], { ...options, name: 'Eva' }),
    );
    const mine = await json<Conversation[]>((options) =>
      list({ ...options, limit: 20, mine: true }),
    );
    const shown = await printed(() => show(id, { ...api, limit: 50 }));
    const back = await printed(() => handBack(id, api));
    const closed = await printed(() => close(id, api));

    expect(taken).toMatch(`${id} is answered by key:`);
    expect(said).toMatchObject({ sequence: 2, text: 'Hello, Eva here.', author: { name: 'Eva' } });
    expect(mine).toMatchObject([{ conversation_id: id, handling: 'person' }]);
    expect(shown).toMatch(/ {3}1 .* Eva: \* taken over\n {3}2 .* Eva: Hello, Eva here\.$/);
    expect([back, closed]).toEqual([`${id} is answered automatically.`, `${id} is closed.`]);
  });

  it('is told why a command does not work', async () => {
    const { id, api } = await aCompany('puzzled');

    await expect(show('none', { ...api, limit: 1 })).rejects.toThrow(
      'There is no such conversation.',
    );
    await expect(say(id, [], api)).rejects.toThrow('What is said? Give a text, or a --macro.');
    await expect(say(id, ['a'], { ...api, macro: 'b' })).rejects.toThrow('What is said?');
    await expect(say(id, [], { ...api, macro: 'b' })).rejects.toThrow('macro_id: It is malformed.');
    await expect(list({ url: 'here', limit: 1 })).rejects.toThrow('"here" is no URL');
    await expect(list({ url: api.url, limit: 1 })).rejects.toThrow(
      'Which key? Set REPLIES_API_KEY',
    );
  });
});

describe('a company that listens to its conversations', () => {
  it('is told of what its people do, signed, and its logs have none of their words', async () => {
    const { id, key } = await aCompany('listening');
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    await setFeature(key, 'webhooks', { url: receiver.url });
    const endpoint = await (await call('/webhook-endpoint', { key })).json();
    const { signing_secret } = endpoint as { signing_secret: string };

    await call(`/v1/conversations/${id}/messages`, {
      key,
      method: 'POST',
      body: { text: 'Xylophone repairs take a week.', client_id: 'c1' },
    });

    const requests = await receiver.hears(2);
    const told = requests.map(({ headers, body }) =>
      new Webhook(signing_secret).verify(body, headers),
    );
    const of = { conversation: { conversation_id: id, channel: 'webchat' } };
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'conversation.taken_over',
          data: expect.objectContaining({ conversation: expect.objectContaining(of.conversation) }),
        }),
        expect.objectContaining({
          type: 'message.sent',
          data: expect.objectContaining({
            message: expect.objectContaining({ text: 'Xylophone repairs take a week.' }),
          }),
        }),
      ]),
    );
    expectSilentLogs(['Xylophone'], 1);
  });
});
