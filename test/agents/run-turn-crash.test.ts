import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TurnEvent } from '../../lambdas/agents/ports.ts';
import { aCrashPoint, atEachCrashPoint, TestProcess } from '../support/crash.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import { startTestTable } from '../support/table.ts';
import { type Script, scriptedModel } from './scripted-model.ts';
import { key, textOf, turnWorld } from './turn-world.ts';

type World = Awaited<ReturnType<typeof turnWorld>>;

const words = ['We', ' are', ' open', ' on', ' Sundays', '.'];
const slow = (world: () => World): Script => ({ words, before: () => world().clock.pass(300) });

/** What a reader holds who has read event by event, of which he got each once. */
function held(events: readonly TurnEvent[]): string {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1));
  const ends = events.filter(({ event }) => event === 'complete' || event === 'error');
  expect(ends).toEqual([events.at(-1)]);
  return textOf(events);
}

/** One message is asked by a process that may crash; another, which comes later, does what is left. */
async function answered(process: TestProcess, more: Script = {}): Promise<World> {
  const world: World = await turnWorld({
    model: scriptedModel({ ...slow(() => world), ...more }),
  });
  const sequence = await world.say('Are you open?');
  const first = world.of(process);
  await process.outcome(
    first.turns.begin(key, sequence, 'caller').then(() => first.run(key, world.invocation)),
  );
  await world.settle();
  return world;
}

async function expectOneAnswer(world: World): Promise<void> {
  const covering = await world.turns.covering(key, 1);
  const events = await world.events(covering?.turn_id ?? '');
  expect(covering).toMatchObject({ state: 'ended', outcome: 'answered' });
  expect(await world.answers()).toEqual([words.join('')]);
  expect(held(events)).toBe(words.join(''));
  expect(events.at(-1)).toMatchObject({ outcome: 'answered', value: words.join('') });
}

describe('a turn whose process crashes', () => {
  it('before and after any effect is continued: one answer, and each event once', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const world = await answered(process);
      // A caller that died before the queue knew of the message sends it again.
      if (!(await world.turns.current(key))) {
        await world.turns.begin(key, 1);
        await world.settle();
      }
      await expectOneAnswer(world);
    });

    expect(calls).toBeGreaterThan(25);
  });

  it('is asked again where the server cannot be read on, and shows one answer in the end', async () => {
    await atEachCrashPoint(async (process) => {
      const world = await answered(process, { resumable: false });
      if (!(await world.turns.current(key))) return;
      await expectOneAnswer(world);
    });
  });

  it('is answered once though two work on it at once, and one of them dies', async () => {
    await fc.assert(
      fc.asyncProperty(aCrashPoint(40), aCrashPoint(40), fc.nat(6), async (one, other, at) => {
        const world: World = await turnWorld({
          model: scriptedModel({
            words,
            before: async (word) => {
              // The first is taken for dead though it is not.
              if (word === at) world.clock.pass(25_000);
            },
          }),
        });
        await world.say('Are you open?');
        await world.turns.begin(key, 1);
        const processes = [one, other].map((point) => new TestProcess([point]));
        await Promise.all(
          processes.map((process) =>
            process.outcome(world.of(process).run(key, world.invocation)).catch(() => undefined),
          ),
        );
        await world.settle();

        await expectOneAnswer(world);
      }),
      { numRuns: 25 },
    );
  });

  it('is answered once where the answers of all writes are lost', async () => {
    const table = await startTestTable();
    onTestFinished(() => table.close());
    const world: World = await turnWorld({
      model: scriptedModel(slow(() => world)),
      table: withLostAnswers(table),
    });
    await world.say('Are you open?');
    await world.turns.begin(key, 1);
    await world.say('And tomorrow?');
    await world.turns.begin(key, 2);
    await world.settle();

    await expectOneAnswer(world);
  });

  it('ends once though it is stopped at any point', async () => {
    await atEachStop(async (world, stopped) => {
      const events = await world.events('turn-1');
      const answers = await world.answers();
      const last = events.at(-1);
      expect(held(events)).toBe(answers[0] ?? '');
      expect(words.join('')).toContain(answers[0] ?? '');
      expect(last).toMatchObject({ event: 'complete', value: answers[0] ?? '' });
      expect(answers.length).toBeLessThan(2);
      return stopped;
    });
  });

  it('appends nothing once a person has taken over, at any point', async () => {
    for (let call = 1; call < 60; call++) {
      let taken: number | undefined;
      const world: World = await turnWorld({ model: scriptedModel(slow(() => world)) });
      await world.say('Are you open?');
      await world.turns.begin(key, 1);
      const process = new TestProcess([], async (effect) => {
        if (process.calls === call) {
          const after = await world.conversations.setHandling(key, {
            handling: 'person',
            by: 'user:ann',
          });
          taken = after?.last_sequence;
        }
        return effect();
      });
      await world.of(process).run(key, world.invocation);

      const events = await world.events('turn-1');
      const messages = await world.messages();
      const answer = messages.find(({ role }) => role === 'assistant');
      expect(held(events)).toBe(answer?.text ?? '');
      if (answer && taken !== undefined) expect(answer.sequence).toBeLessThan(taken);
      if (taken === undefined) break;
    }
  });
});

async function atEachStop(check: (world: World, stopped: boolean) => Promise<boolean>) {
  for (let call = 1; call < 80; call++) {
    let stopped = false;
    const world: World = await turnWorld({ model: scriptedModel(slow(() => world)) });
    await world.say('Are you open?');
    await world.turns.begin(key, 1);
    const process = new TestProcess([], async (effect) => {
      if (process.calls === call) stopped = await world.turns.stop(key);
      return effect();
    });
    await world.of(process).run(key, world.invocation);
    await check(world, stopped);
    if (process.calls < call) return;
  }
}
