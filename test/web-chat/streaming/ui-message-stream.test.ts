import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import { describe, expect, it } from 'vitest';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { uiMessageStream } from '../../../lambdas/web-chat/ui-message-stream.ts';
import { scriptedModel } from '../../agents/scripted-model.ts';
import { key, streamWorld } from './stream-world.ts';

type World = Awaited<ReturnType<typeof streamWorld>>;

/** The transport of the AI SDK, as a page would set it up for these routes. */
const transportTo = (world: World) =>
  new DefaultChatTransport<UIMessage>({
    api: '/streaming/conversations/actions',
    headers: { 'x-vercel-ai-ui-message-stream': 'v1' },
    fetch: (async (url: string, init: RequestInit = {}) =>
      world.ask(init.method ?? 'GET', url, {
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(typeof init.body === 'string' && { body: init.body }),
      })) as typeof fetch,
    prepareSendMessagesRequest: ({ id, messages }) => ({
      body: {
        conversation_id: id,
        message: textOf(messages.at(-1)),
        client_id: messages.at(-1)?.id,
      },
    }),
    prepareReconnectToStreamRequest: ({ id }) => ({ api: `/streaming/conversations/${id}/stream` }),
  });

const textOf = (message: UIMessage | undefined): string =>
  (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');

const send = (world: World, text: string, id = 'm1') =>
  transportTo(world).sendMessages({
    chatId: key.conversation_id,
    messages: [{ id, role: 'user', parts: [{ type: 'text', text }] }],
    trigger: 'submit-message',
    messageId: undefined,
    abortSignal: undefined,
  });

async function read(stream: ReadableStream<UIMessageChunk>) {
  const errors: unknown[] = [];
  const states: UIMessage[] = [];
  const onError = (error: unknown) => void errors.push(error);
  for await (const message of readUIMessageStream({ stream, onError })) states.push(message);
  return { states, last: states.at(-1), errors };
}

describe('the UI message stream of the AI SDK', () => {
  it('is read by its own transport into the message that is in the log', async () => {
    const world: World = await streamWorld(
      scriptedModel({
        words: ['We', ' are', ' open', '.'],
        before: () => world.clock.pass(300),
      }),
    );

    const { states, last, errors } = await read(await send(world, 'Are you open?'));

    expect(errors).toEqual([]);
    expect(textOf(last)).toBe('We are open.');
    expect(last).toMatchObject({
      id: 'turn-1',
      role: 'assistant',
      metadata: { outcome: 'answered', sequence: 2, message_id: 'turn-1:answer' },
    });
    expect(states.length).toBeGreaterThan(4);
    expect(await world.answers()).toEqual(['We are open.']);
  });

  it('is resumed from its beginning while the turn runs, and is nothing afterwards', async () => {
    const world: World = await streamWorld(scriptedModel({ words: ['We', ' are'], end: 'hangs' }));
    const first = await send(world, 'Are you open?');

    const resumed = await transportTo(world).reconnectToStream({ chatId: key.conversation_id });
    await world.turns.stop(key);
    world.clock.pass(2_000);
    const both = await Promise.all([read(first), resumed && read(resumed)]);
    const later = await transportTo(world).reconnectToStream({ chatId: key.conversation_id });

    expect(both[1]?.last).toEqual(both[0]?.last);
    expect(both[0]?.last?.metadata).toMatchObject({ outcome: 'stopped' });
    expect(later).toBeNull();
  });

  it('says that a turn has failed', async () => {
    const error = retryLater('openai_busy', 'OpenAI is busy.');
    const world = await streamWorld(scriptedModel({ words: ['We'], end: { error } }));

    const { errors } = await read(await send(world, 'Are you open?'));

    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/write again/) }),
    ]);
  });

  it('begins a text part anew where the answer does, and says that what was before is no part of it', () => {
    const { event } = uiMessageStream();
    const chunk = (sequence: number, value: string, reset?: true) =>
      event({ sequence, turn_id: 't', event: 'response_chunk', value, ...(reset && { reset }) });

    const text = [
      chunk(1, 'We'),
      chunk(2, 'Yes', true),
      event({
        sequence: 3,
        turn_id: 't',
        event: 'tool_call',
        value: { tool: 'look_up', args: { a: 1 } },
      }),
      chunk(4, '!'),
    ].join('');

    const parts = [...text.matchAll(/data: (.*)\n/g)].map(([, json = '']) => JSON.parse(json));
    expect(parts).toEqual([
      { type: 'start', messageId: 't' },
      { type: 'start-step' },
      { type: 'text-start', id: 'text-1' },
      { type: 'text-delta', id: 'text-1', delta: 'We' },
      { type: 'text-end', id: 'text-1' },
      { type: 'data-reset', id: 'reset', data: { before: 'text-2' } },
      { type: 'text-start', id: 'text-2' },
      { type: 'text-delta', id: 'text-2', delta: 'Yes' },
      { type: 'text-end', id: 'text-2' },
      { type: 'tool-input-available', toolCallId: 't:3', toolName: 'look_up', input: { a: 1 } },
      { type: 'text-start', id: 'text-3' },
      { type: 'text-delta', id: 'text-3', delta: '!' },
    ]);
    expect([...text.matchAll(/id: (\d+)/g)].map(([, id]) => Number(id))).toEqual([1, 2, 3, 4]);
  });
});
