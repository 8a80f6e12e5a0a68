import { describe, expect, it } from 'vitest';
import type { TurnEvent } from '../../../lambdas/agents/ports.ts';
import { type Script, scriptedModel } from '../../agents/scripted-model.ts';
import { textOf } from '../../agents/turn-world.ts';
import { days } from '../../support/clock.ts';
import { heard, key, streamWorld } from './stream-world.ts';

type World = Awaited<ReturnType<typeof streamWorld>>;

const words = ['Ja', ', wir', ' haben', ' heute', ' geöffnet', ' 🎉', '.'];
/** As many writes as words. */
const slow = (world: () => World): Script => ({ words, before: () => world().clock.pass(300) });

async function aSlowWorld(): Promise<World> {
  const world: World = await streamWorld(scriptedModel(slow(() => world)));
  return world;
}

async function expectWhole(world: World, events: TurnEvent[]): Promise<void> {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1));
  expect(events.at(-1)).toMatchObject({ event: 'complete', outcome: 'answered' });
  expect(await world.answers()).toEqual([textOf(events)]);
  expect(textOf(events)).toBe(words.join(''));
}

describe('a streamed answer', () => {
  it('comes as server-sent events with their sequence as id, and ends with its message', async () => {
    const world = await aSlowWorld();

    const response = await world.say('Habt ihr offen?');
    const { events, ids, text } = await heard(response);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('cache-control')).toContain('no-transform');
    expect(response.headers.get('x-turn-id')).toBe('turn-1');
    expect(text).toMatch(/^retry: 2000\n\n/);
    expect(ids).toEqual(events.map(({ sequence }) => sequence));
    expect(events.length).toBeGreaterThan(words.length);
    await expectWhole(world, events);
    expect(events.at(-1)).toMatchObject({
      message: { sequence: 2, author: { id: 'agent:assistant' } },
    });
  });

  it('goes on while nobody reads, and is read later', async () => {
    const world = await aSlowWorld();
    const response = await world.say('Habt ihr offen?');
    await heard(response, 60);

    await expect.poll(world.answers).toEqual([words.join('')]);
    const events = (await heard(await world.readOn('turn-1', 0))).events;
    await expectWhole(world, events);
  });

  it('is the same answer where the same message is sent again', async () => {
    const world = await aSlowWorld();

    const first = await heard(await world.say('Habt ihr offen?', {}, 'm1'));
    const again = await heard(await world.say('Habt ihr offen?', {}, 'm1'));

    expect(again.events).toEqual(first.events);
    expect(await world.answers()).toHaveLength(1);
  });

  it('is nothing, and at once, where its log has expired before the message is sent again', async () => {
    const world = await aSlowWorld();
    await heard(await world.say('Habt ihr offen?', {}, 'm1'));

    world.table.clock.pass(days(3));
    const { events } = await heard(await world.say('Habt ihr offen?', {}, 'm1'));

    expect(events).toEqual([]);
    expect(await world.answers()).toHaveLength(1);
  });

  it('of a message that comes while another is answered follows that one', async () => {
    const world: World = await streamWorld(
      scriptedModel(
        {
          words,
          before: async (word) => {
            if (word === 2) second = world.say('Und morgen?').then(heard);
            if (word === 4) await new Promise((resolve) => setTimeout(resolve, 30));
          },
        },
        { words: ['Auch', '.'] },
      ),
    );
    let second: Promise<Awaited<ReturnType<typeof heard>>> | undefined;

    const first = await heard(await world.say('Habt ihr offen?'));
    await expect.poll(() => world.queued.length).toBeGreaterThan(0);
    await world.settle();
    const next = await second;

    expect(textOf(first.events)).toBe(words.join(''));
    expect(textOf(next?.events ?? [])).toBe('Auch.');
    expect(next?.events.at(-1)).toMatchObject({ turn_id: 'turn-2', outcome: 'answered' });
  });

  it('is one event where a person has the conversation', async () => {
    const world = await aSlowWorld();
    await world.conversations.setHandling(key, { handling: 'person', by: 'user:ann' });

    const response = await world.say('Hello');
    const { events } = await heard(response);

    expect(response.headers.get('x-turn-id')).toBeNull();
    expect(events).toMatchObject([{ event: 'complete', outcome: 'withheld', value: '' }]);
    expect(world.queued).toEqual([]);
  });

  it('shows signs of life while nothing comes, and ends in time, to be read on', async () => {
    const world: World = await streamWorld(scriptedModel({ words: ['We'], end: 'hangs' }));
    const response = await world.say('Hello');
    let sofar = '';
    const reading = heard(response, Number.POSITIVE_INFINITY, (text) => {
      sofar = text;
    });
    await expect.poll(async () => (await world.turns.events(key, 'turn-1', 0)).length).toBe(2);

    await expect
      .poll(() => {
        world.clock.pass(1_000);
        return sofar;
      })
      .toContain(': alive\n\n');
    await world.turns.stop(key);
    world.clock.pass(2_000);
    const { text, events } = await reading;

    expect(text).toContain(': alive\n\n');
    expect(events.at(-1)).toMatchObject({ event: 'complete', outcome: 'stopped', value: 'We' });
  });

  it('ends where its time is up, though the turn has not', async () => {
    const world: World = await streamWorld(scriptedModel({ words: ['We'], end: 'hangs' }));
    await world.conversations.append(
      key,
      [{ message_id: 'm', role: 'user', text: 'Hi', author: { id: 'visitor:p1' } }],
      { after: 0 },
    );
    await world.turns.begin(key, 1);

    const reading = heard(await world.readOn('turn-1', 0));
    await new Promise((resolve) => setTimeout(resolve, 30));
    world.clock.pass(301_000);
    const { events } = await reading;

    expect(events).toEqual([]);
    expect((await world.readOn('turn-1', 0)).status).toBe(200);
  });
});

describe('a turn that is read on', () => {
  it('is nothing where nothing runs and nothing is left', async () => {
    const world = await aSlowWorld();
    expect((await world.readOn(null, 0)).status).toBe(204);
    const { events } = await heard(await world.say('Hello'));
    const last = events.at(-1)?.sequence ?? 0;

    expect((await world.readOn(null, 0)).status).toBe(204);
    expect((await world.readOn('turn-1', last)).status).toBe(204);
    expect((await world.readOn('turn-99', 0)).status).toBe(204);
  });

  it('is the one that runs where none is named', async () => {
    const world: World = await streamWorld(scriptedModel({ words: ['We'], end: 'hangs' }));
    const response = await world.say('Hello');

    const other = await world.readOn(null, 0);
    await world.ask('POST', `/streaming/conversations/${key.conversation_id}/stop`);
    world.clock.pass(2_000);
    const all = await Promise.all([heard(response), heard(other)]);

    expect(other.headers.get('x-turn-id')).toBe('turn-1');
    expect(all[1].events).toEqual(all[0].events);
  });

  it('is refused as malformed where its last event is no number', async () => {
    const world = await aSlowWorld();

    const response = await world.readOn('turn-1', 0, { headers: { 'last-event-id': 'x' } });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      success: false,
      errors: [{ pointer: 'Last-Event-ID' }],
    });
  });

  it('is refused for a while where it is opened again and again', async () => {
    const world = await aSlowWorld();
    await heard(await world.say('Hello'));

    const statuses: number[] = [];
    for (let n = 0; n < 31; n++) statuses.push((await world.readOn('turn-1', 99)).status);

    expect(statuses.slice(0, 30)).toEqual(statuses.slice(0, 30).fill(204));
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('who may read and stop', () => {
  const paths = [
    ['GET', `/streaming/conversations/${key.conversation_id}/stream`],
    ['POST', `/streaming/conversations/${key.conversation_id}/stop`],
    ['POST', '/streaming/conversations/actions'],
  ] as const;
  const body = { conversation_id: key.conversation_id, message: 'Hello' };
  const asked = (method: string, path: string) =>
    method === 'POST' && path.endsWith('actions') ? { body } : {};

  it.each(paths)('is neither another visitor nor another company: %s %s', async (method, path) => {
    const world = await aSlowWorld();

    const other = await world.ask(method, path, {
      principal: 'visitor:p2',
      ...asked(method, path),
    });
    const abroad = await world.ask(method, path, { tenant: 'other', ...asked(method, path) });
    const program = await world.ask(method, path, {
      role: 'OperationUser',
      scopes: ['conversations:read'],
      ...asked(method, path),
    });

    expect([other.status, abroad.status, program.status]).toEqual([404, 404, 403]);
    expect(world.queued).toEqual([]);
  });

  it('is told whether there was a turn to stop', async () => {
    const world = await aSlowWorld();

    const response = await world.ask('POST', paths[1][1]);

    expect(await response.json()).toEqual({ success: true, data: { stopped: false } });
  });
});
