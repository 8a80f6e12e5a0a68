import { describe, expect, it } from 'vitest';
import { tooLong } from '../../lambdas/agents/work/ports.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { scriptedModel } from './scripted-model.ts';
import { key, textOf, turnWorld } from './turn-world.ts';

describe('a turn', () => {
  it('shows the answer while it is written, and ends with the message that it has appended', async () => {
    const world = await turnWorld({ model: scriptedModel({ words: ['We', ' are', ' open.'] }) });
    const sequence = await world.say('Are you open?');
    const turn = await world.turns.begin(key, sequence, 'caller');

    const progress = await world.run();

    const events = await world.events('turn-1');
    const last = events.at(-1);
    expect(turn).toMatchObject({ turn_id: 'turn-1', state: 'running', through_sequence: 1 });
    expect(progress).toEqual({ kind: 'ended', next: undefined });
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, n) => n + 1));
    expect(events[0]?.event).toBe('thinking');
    expect(textOf(events)).toBe('We are open.');
    expect(last).toMatchObject({
      event: 'complete',
      outcome: 'answered',
      value: 'We are open.',
      message: { sequence: 2, message_id: 'turn-1:answer', turn_id: 'turn-1' },
    });
    expect(await world.answers()).toEqual(['We are open.']);
    expect(await world.turns.current(key)).toMatchObject({ state: 'ended', outcome: 'answered' });
    expect(world.replies.counted).toBe(1);
    expect(world.model.forgotten).toEqual(['run-1']);
  });

  it('asks with what was said before, and with no more than the model reads', async () => {
    const error = retryLater(tooLong, 'Too long.');
    const model = scriptedModel({ words: [], end: { error } }, { words: ['Yes.'] });
    const world = await turnWorld({ model });
    for (let n = 0; n < 20; n++) await world.say(`${n}:${'x'.repeat(4_000)}`);
    await world.turns.begin(key, 20);

    await world.run();

    expect(world.model.asked.map(({ messages }) => messages.length)).toEqual([20, 7]);
    expect(world.model.asked[1]?.messages.at(-1)?.text).toMatch(/^19:/);
    expect(await world.answers()).toEqual(['Yes.']);
  });

  it('answers messages that came before it was asked together, and later ones by the next turn', async () => {
    const world = await turnWorld({ model: scriptedModel() });
    await world.say('one');
    await world.turns.begin(key, 1);
    await world.say('two');
    expect(await world.turns.begin(key, 2)).toBeUndefined();

    const progress = await world.run();
    await world.settle();

    expect(progress).toEqual({ kind: 'ended', next: undefined });
    expect(world.model.asked).toHaveLength(1);
    expect(await world.turns.covering(key, 2)).toMatchObject({ turn_id: 'turn-1' });
  });

  it('is followed by the next one where a message came while it was answered', async () => {
    const world: Awaited<ReturnType<typeof turnWorld>> = await turnWorld({
      model: scriptedModel(
        {
          before: async (word) => {
            if (word !== 1) return;
            const sequence = await world.say('And tomorrow?');
            expect(await world.turns.begin(key, sequence)).toBeUndefined();
          },
        },
        { words: ['Yes.'] },
      ),
    });
    const sequence = await world.say('Are you open?');
    await world.turns.begin(key, sequence);

    world.queued.length = 0;
    const [progress, queued] = [await world.run(), [...world.queued]];
    await world.settle();

    expect(progress).toMatchObject({ kind: 'ended', next: { turn_id: 'turn-2' } });
    // Behind its own message, which whoever has sent it may have asked the queue to hold back.
    expect(queued).toEqual(Array(2).fill({ ...key, sequence: 2 }));
    expect(await world.turns.covering(key, 1)).toMatchObject({ turn_id: 'turn-1', state: 'ended' });
    expect((await world.messages()).map(({ text }) => text)).toEqual([
      'Are you open?',
      'And tomorrow?',
      'Hello there.',
      'Yes.',
    ]);
  });

  it('keeps what it has said where it is stopped', async () => {
    const world: Awaited<ReturnType<typeof turnWorld>> = await turnWorld({
      model: scriptedModel({
        words: ['We', ' are', ' open', ' on', ' all', ' days'],
        end: 'hangs',
        before: async (word) => {
          world.clock.pass(300);
          if (word === 4) expect(await world.turns.stop(key)).toBe(true);
        },
      }),
    });
    await world.say('Are you open?');
    await world.turns.begin(key, 1);

    await world.run();

    const events = await world.events('turn-1');
    const last = events.at(-1);
    expect(last).toMatchObject({ event: 'complete', outcome: 'stopped', value: textOf(events) });
    expect(textOf(events)).toMatch(/^We are open/);
    expect(await world.answers()).toEqual([textOf(events)]);
    expect(world.model.cancelled).toEqual(['run-1']);
    expect(await world.turns.stop(key)).toBe(false);
  });

  it('says nothing where it is stopped before its first word', async () => {
    const world = await turnWorld({ model: scriptedModel() });
    await world.say('Hello');
    await world.turns.begin(key, 1);
    await world.turns.stop(key);

    await world.run();

    expect((await world.events('turn-1')).at(-1)).toMatchObject({ outcome: 'stopped', value: '' });
    expect(await world.answers()).toEqual([]);
    expect(world.model.asked).toEqual([]);
  });

  it.each([0, 1, 2, 3])('says nothing once a person has taken over, at word %i', async (at) => {
    const world: Awaited<ReturnType<typeof turnWorld>> = await turnWorld({
      model: scriptedModel({
        before: async (word) => {
          if (word === at)
            await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });
        },
      }),
    });
    await world.say('Hello');
    await world.turns.begin(key, 1);
    if (at === 3)
      await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });

    await world.run();

    const events = await world.events('turn-1');
    expect(events.at(-1)).toMatchObject({ event: 'complete', outcome: 'withheld', value: '' });
    expect(textOf(events)).toBe('');
    expect(await world.answers()).toEqual([]);
    expect(world.replies.counted).toBe(0);
  });

  it('is withheld where the company is suspended', async () => {
    const world = await turnWorld({ model: scriptedModel(), agent: { suspended: true } });
    await world.say('Hello');
    await world.turns.begin(key, 1);

    await world.run();

    expect((await world.events('turn-1')).at(-1)).toMatchObject({ outcome: 'withheld' });
    expect(world.model.asked).toEqual([]);
  });

  it('waits where its conversation has had many, and is begun later', async () => {
    const waits = [5_000, 0];
    const world = await turnWorld({
      model: scriptedModel(),
      ports: { tryAcquireTurn: async () => waits.shift() ?? 0 },
    });
    await world.say('Hello');
    await world.turns.begin(key, 1);

    const first = await world.run();
    const second = await world.run();
    await world.settle();

    expect(first).toEqual({ kind: 'waits', forMs: 5_000 });
    expect(second).toMatchObject({ kind: 'waits' });
    expect(await world.answers()).toEqual(['Hello there.']);
  });

  it('is left to the next invocation where this one has no time left, which reads on', async () => {
    let left = 300_000;
    const model = scriptedModel({
      words: ['a', 'b', 'c'],
      before: (word) => {
        if (word === 2) left = 1_000;
      },
    });
    const world = await turnWorld({ model });
    await world.say('Hello');
    await world.turns.begin(key, 1);

    const progress = await world.of().run(key, { owner: 'a', remainingMs: () => left });
    await world.settle();

    expect(progress).toEqual({ kind: 'waits', forMs: 0 });
    expect(world.model.read).toEqual([undefined, 'run-1']);
    expect(await world.answers()).toEqual(['abc']);
  });

  it('shows the model the newest pictures that were sent', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const world = await turnWorld({
      model: scriptedModel(),
      ports: { fileBytes: async () => ({ contentType: 'image/png', bytes }) },
    });
    const file = {
      file_id: crypto.randomUUID(),
      filename: 'shelf.png',
      mime_type: 'image/png',
      size: 3,
    };
    const text = {
      ...file,
      file_id: crypto.randomUUID(),
      filename: 'notes.txt',
      mime_type: 'text/plain',
    };
    await world.conversations.append(
      key,
      [
        {
          message_id: 'm',
          role: 'user',
          text: 'See',
          author: { id: 'visitor:1' },
          files: [file, text],
        },
      ],
      { after: 0 },
    );
    await world.turns.begin(key, 1);

    await world.run();

    expect(world.model.asked[0]?.messages).toEqual([
      {
        role: 'user',
        text: 'See\n[shelf.png]\n[notes.txt]',
        pictures: [{ contentType: 'image/png', bytes }],
      },
    ]);
  });
});
