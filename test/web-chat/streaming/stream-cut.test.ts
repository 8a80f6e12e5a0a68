import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TurnEvent } from '../../../lambdas/agents/ports.ts';
import { type Script, scriptedModel } from '../../agents/scripted-model.ts';
import { textOf } from '../../agents/turn-world.ts';
import { aCrashPoint, TestProcess } from '../../support/crash.ts';
import { startTestTable } from '../../support/table.ts';
import { heard, key, parsed, streamWorld } from './stream-world.ts';

type World = Awaited<ReturnType<typeof streamWorld>>;

const words = ['Ja', ', wir', ' haben', ' heute', ' geöffnet', ' 🎉', '.'];
/** As many writes as words. */
const slow = (world: () => World): Script => ({ words, before: () => world().clock.pass(300) });

async function aSlowWorld(): Promise<World> {
  const world: World = await streamWorld(scriptedModel(slow(() => world)));
  return world;
}

/** Reads a turn as a client does whose connections are cut behind so many bytes, until it has ended. */
async function readAll(
  world: World,
  first: Response,
  cuts: readonly number[],
): Promise<TurnEvent[]> {
  const turnId = first.headers.get('x-turn-id');
  const { events } = await heard(first, cuts[0]);
  for (let n = 1; n < 200; n++) {
    const last = events.at(-1);
    if (last?.event === 'complete' || last?.event === 'error') return events;
    const response = await world.readOn(turnId, last?.sequence ?? 0);
    if (response.status === 204) return events;
    events.push(...(await heard(response, cuts[n])).events);
  }
  throw new Error('The turn never ends.');
}

async function expectWhole(world: World, events: TurnEvent[]): Promise<void> {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1));
  expect(events.at(-1)).toMatchObject({ event: 'complete', outcome: 'answered' });
  expect(await world.answers()).toEqual([textOf(events)]);
  expect(textOf(events)).toBe(words.join(''));
}

describe('a streamed answer whose reader is cut off', () => {
  it('is read whole, and each event once, however often and wherever the connection is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 12 }),
        async (cuts) => {
          const world = await aSlowWorld();

          const events = await readAll(world, await world.say('Habt ihr offen?'), cuts);

          await expectWhole(world, events);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is read whole from behind each of its bytes', async () => {
    const world = await aSlowWorld();
    const { text } = await heard(await world.say('Habt ihr offen?'));
    const bytes = Buffer.from(text);

    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const { events } = parsed(bytes.subarray(0, cut).toString('utf8'));
      world.clock.pass(10_000);
      const response = await world.readOn('turn-1', events.at(-1)?.sequence ?? 0);
      if (response.status === 200) events.push(...(await heard(response)).events);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1));
      expect(textOf(events)).toBe(words.join(''));
    }
  });

  it('is given whole though the function is killed at any point, by who looks after it', async () => {
    const table = await startTestTable();
    onTestFinished(() => table.close());
    await fc.assert(
      fc.asyncProperty(aCrashPoint(45), fc.integer({ min: 1, max: 2_000 }), async (point, cut) => {
        const process = new TestProcess([point]);
        const world: World = await streamWorld(scriptedModel(slow(() => world)), { process });
        const asked = world.say('Habt ihr offen?', {}, 'my-message');
        // A killed function answers nothing more; its client's connection breaks.
        const first = await process.outcome(asked);
        const events: TurnEvent[] = [];
        if (first) {
          const reading = heard(first, cut);
          events.push(...((await process.outcome(reading))?.events ?? []));
        }
        // A client to whom nobody has answered sends the same again.
        const isLost = world.queued.length === 0 && !(await world.turns.current(key));
        if (isLost) await world.turns.begin(key, 1);
        await world.settle();
        const rest = await world.readOn('turn-1', events.at(-1)?.sequence ?? 0);
        if (rest.status === 200) events.push(...(await heard(rest)).events);

        await expectWhole(world, events);
      }),
      { numRuns: 40 },
    );
  });
});
