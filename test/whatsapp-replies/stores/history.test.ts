import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationStore } from '../../../lambdas/whatsapp-replies/stores/conversation-store.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { anInput, aPart, aTurn } from '../vendors/a-turn.ts';

let table: TestTable;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const at = (second: number): string =>
  new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString();

/** The n-th exchange of a conversation: a question, and its answer a second later. */
const anExchange = (conversation_id: string, n: number) =>
  aTurn({
    conversation_id,
    turn_id: `SM${n}`,
    inputs: [anInput({ message_sid: `SM${n}`, text: `Question ${n}`, received_at: at(2 * n) })],
    parts: [aPart({ body: `Answer ${n}`, message_key: `${at(2 * n + 1)}#SM${n}.1` })],
  });

async function aConversation(exchanges: number) {
  conversations += 1;
  const id = `c_${conversations}`;
  const store = conversationStore(table);
  for (let n = 0; n < exchanges; n++) {
    await store.recordInputs(anExchange(id, n));
    await store.recordReply(anExchange(id, n));
  }
  return { store, turn: (n: number) => anExchange(id, n) };
}

const transcript = (exchanges: number): string[] =>
  Array.from({ length: exchanges }, (_, n) => [`Question ${n}`, `Answer ${n}`]).flat();

describe('the history of a conversation', () => {
  it('is told oldest first, with who said it', async () => {
    const { store, turn } = await aConversation(2);

    const history = await store.history(turn(2), 20);

    expect(history).toEqual([
      { role: 'user', content: 'Question 0' },
      { role: 'assistant', content: 'Answer 0' },
      { role: 'user', content: 'Question 1' },
      { role: 'assistant', content: 'Answer 1' },
    ]);
  });

  it('is empty before the first message', async () => {
    const { store, turn } = await aConversation(0);

    expect(await store.history(turn(0), 20)).toEqual([]);
  });

  it('leaves out the turn that it is told for', async () => {
    const { store, turn } = await aConversation(3);

    const history = await store.history(turn(2), 20);

    expect(history.map(({ content }) => content)).toEqual(transcript(2));
  });

  it('holds the newest messages up to its limit, the turn’s own not counted', async () => {
    const { store, turn } = await aConversation(4);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (limit) => {
        const history = await store.history(turn(3), limit);

        expect(history.map(({ content }) => content)).toEqual(transcript(3).slice(-limit));
      }),
      { numRuns: 12 },
    );
  });

  it('passes over what has no words', async () => {
    const { store, turn } = await aConversation(1);
    await store.recordInputs({ ...turn(1), inputs: [anInput({ text: '', message_sid: 'SMx' })] });

    const history = await store.history(turn(2), 20);

    expect(history.map(({ content }) => content)).toEqual(transcript(1));
  });

  it('says in brackets what came with a message', async () => {
    const { store, turn } = await aConversation(0);
    const image = { url: 'https://m.example', content_type: 'image/png' };
    const input = anInput({ text: 'This one', images: [image], unreadable: ['videos'] });
    await store.recordInputs({ ...turn(0), inputs: [input] });

    const [message] = await store.history(turn(1), 20);

    expect(message?.content).toBe('This one\n[1 picture]\n[Could not be read: videos]');
  });
});

describe('a message that is looked for by its SID', () => {
  it('is found with who wrote it, in its own conversation only', async () => {
    const { store, turn } = await aConversation(2);
    const ours = {
      ...turn(2),
      parts: [aPart({ body: 'Sent', message_sid: 'SMout', state: 'sent' })],
    };
    await store.recordReply(ours);
    const other = await aConversation(1);

    expect(await store.messageBySid(turn(2), 'SM1')).toEqual({
      role: 'user',
      content: 'Question 1',
    });
    expect(await store.messageBySid(turn(2), 'SMout')).toEqual({
      role: 'assistant',
      content: 'Sent',
    });
    expect(await store.messageBySid(turn(2), 'SMnone')).toBeUndefined();
    expect(await other.store.messageBySid(other.turn(0), 'SMout')).toBeUndefined();
  });
});
