import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/agents/limits.ts';
import { turnLimit } from '../../lambdas/agents/stores/turn-limit.ts';
import { readByModel } from '../../lambdas/agents/work/question.ts';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { startTestTable } from '../support/table.ts';
import { scriptedModel } from './scripted-model.ts';
import { key, turnWorld } from './turn-world.ts';

const aMessage = (sequence: number, more: Partial<Message> = {}): Message => ({
  conversation_id: 'c',
  sequence,
  message_id: `m${sequence}`,
  role: 'user',
  text: `message ${sequence}`,
  files: [],
  author: { id: 'visitor:1' },
  created_at: '2026-11-21T10:00:00.000Z',
  ...more,
});

describe('the turns of a conversation', () => {
  it('cover every message once, in whatever order and however often they are begun', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (asked, runEach) => {
          const world = await turnWorld({ model: scriptedModel() });
          for (let n = 1; n <= 6; n++) await world.say(`message ${n}`);
          await Promise.all(
            asked.map(async (sequence, n) => {
              await world.turns.begin(key, sequence);
              if (n % runEach === 0) await world.run().catch(() => undefined);
            }),
          );
          await world.settle();

          const covering = await Promise.all(asked.map((one) => world.turns.covering(key, one)));
          expect(covering.every((turn) => turn?.state === 'ended')).toBe(true);
          const turns = new Set(covering.map((turn) => turn?.turn_id));
          expect(await world.answers()).toHaveLength(turns.size);
          expect(world.model.asked).toHaveLength(turns.size);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('are told to the queue before they are written, so that none is lost', async () => {
    const world = await turnWorld({ model: scriptedModel() });
    await world.say('Hello');
    world.queued.push({ ...key, sequence: 1 });

    await world.settle();

    expect(await world.answers()).toEqual(['Hello there.']);
  });

  it('wait where their conversation has had many', async () => {
    const table = await startTestTable();
    const tryAcquire = turnLimit(table);

    const waits: number[] = [];
    for (let n = 0; n <= limits.turnsAtOnce; n++) waits.push(await tryAcquire(key));
    const other = await tryAcquire({ ...key, conversation_id: 'other' });
    await table.close();

    expect(waits.slice(0, -1).every((ms) => ms === 0)).toBe(true);
    expect(waits.at(-1)).toBeGreaterThan(1_000);
    expect(other).toBe(0);
  });
});

describe('a turn that the limits let wait', () => {
  it('is answered in the end, however often it has waited', async () => {
    let waits = 0;
    const tryAcquireTurn = async () => (waits++ < 2 * limits.attempts - 10 ? 1_000 : 0);
    const world = await turnWorld({ model: scriptedModel(), ports: { tryAcquireTurn } });
    await world.turns.begin(key, await world.say('Hello'));

    await world.settle();

    expect(waits).toBeGreaterThan(limits.attempts);
    expect(await world.answers()).toEqual(['Hello there.']);
  });

  it('uses up nothing of its conversation while its company has had too many', async () => {
    const table = await startTestTable();
    const tryAcquire = turnLimit(table);
    const ofOthers = Array.from({ length: limits.companyTurnsAtOnce }, (_, n) =>
      tryAcquire({ ...key, conversation_id: `other-${n}` }),
    );
    await Promise.all(ofOthers);
    for (let n = 0; n < limits.turnsAtOnce; n++) expect(await tryAcquire(key)).toBe(1_000);
    table.clock.pass(3_000);

    const first = await tryAcquire(key);
    for (let n = 2; n < limits.turnsAtOnce; n++) await tryAcquire(key);
    const last = await tryAcquire(key);
    await table.close();

    expect([first, last]).toEqual([0, 0]);
  });
});

describe('what the model reads', () => {
  const read = (messages: Message[], through = 99, part = 1) =>
    readByModel(key, messages, through, part, undefined);

  it('is what customers, agents and people have written, up to the turn’s last', async () => {
    const messages = [
      aMessage(1),
      aMessage(2, { role: 'assistant' }),
      aMessage(3, { role: 'system', event: 'taken_over', text: '' }),
      aMessage(4, { role: 'person' }),
      aMessage(5),
      aMessage(6),
    ];

    expect((await read(messages, 5)).map(({ role, text }) => [role, text])).toEqual([
      ['user', 'message 1'],
      ['assistant', 'message 2'],
      ['assistant', 'message 4'],
      ['user', 'message 5'],
    ]);
  });

  it('is bounded, but for the last message', async () => {
    const long = 'x'.repeat(limits.historyChars);
    const messages = [aMessage(1), aMessage(2, { text: long }), aMessage(3, { text: long })];

    expect((await read(messages)).map(({ text }) => text.length)).toEqual([limits.historyChars]);
    expect(await read(messages, 99, 1 / 64)).toHaveLength(1);
  });

  it('has no more pictures than its bounds, the newest of what is to be answered', async () => {
    const file = (n: number, size = 1_000) => ({
      file_id: `0000000${n}-0000-4000-8000-000000000000`,
      filename: `${n}.png`,
      mime_type: 'image/png',
      size,
    });
    const messages = [
      aMessage(1, { files: [file(1)] }),
      aMessage(2, { role: 'assistant' }),
      aMessage(3, { files: [2, 3, 4, 5, 6, 7].map((n) => file(n)) }),
      aMessage(4, { files: [file(8, limits.pictureBytes + 1)] }),
    ];
    const asked: string[] = [];

    const seen = await readByModel(key, messages, 99, 1, async (_, id) => {
      asked.push(id.slice(0, 8));
      return id.startsWith('00000007')
        ? undefined
        : { contentType: 'image/png', bytes: new Uint8Array(10) };
    });

    expect(asked).toEqual(['00000007', '00000006', '00000005', '00000004']);
    expect(seen.map(({ pictures }) => pictures.length)).toEqual([0, 0, 3, 0]);
    expect(seen[3]?.text).toBe('message 4\n[8.png]');
  });
});
