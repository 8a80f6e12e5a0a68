import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lognormalMs } from '../../local/simulators/openai/simulator.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';
import { aVisitor, type Seen } from '../support/visitor.ts';

const visitors = 50;
const turnsEach = 3;

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine({ openai: { runMs: lognormalMs(3_000, 9_000) } });
});

afterAll(() => engine.stop());

const p = (share: number, values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;

const textOf = (seen: readonly Seen[]): string =>
  seen.map(({ event }) => (event.event === 'response_chunk' ? event.value : '')).join('');

describe(`${visitors} visitors who have an answer streamed at the same time`, () => {
  it('each get every event once, in order, and the answer that is kept', async () => {
    const all = await Promise.all(Array.from({ length: visitors }, () => aVisitor(engine)));
    const firstByte: number[][] = [];
    const firstWords: number[][] = [];
    let [lost, doubled, different] = [0, 0, 0];

    for (let turn = 1; turn <= turnsEach; turn++) {
      const streams = await Promise.all(
        all.map((visitor, who) => visitor.asks(`v${who} question ${turn}?`)),
      );
      firstByte.push(streams.map((seen) => seen[0]?.atMs ?? Number.NaN));
      firstWords.push(
        streams.map(
          (seen) => seen.find(({ event }) => event.event === 'response_chunk')?.atMs ?? Number.NaN,
        ),
      );
      for (const seen of streams) {
        const ids = seen.map(({ id }) => id);
        doubled += ids.length - new Set(ids).size;
        lost += Math.max(...ids) - new Set(ids).size;
        expect(seen.at(-1)?.event).toMatchObject({ event: 'complete', outcome: 'answered' });
      }
      const kept = await Promise.all(all.map((visitor) => visitor.messages()));
      for (const [who, seen] of streams.entries()) {
        if (kept[who]?.at(-1)?.text !== textOf(seen)) different += 1;
      }
    }

    for (const [turn, values] of firstByte.entries()) {
      console.log(
        `Turn ${turn + 1}: first byte p50 ${p(0.5, values).toFixed(0)} ms, p95 ${p(0.95, values).toFixed(0)} ms; ` +
          `first words p50 ${p(0.5, firstWords[turn] ?? []).toFixed(0)} ms, p95 ${p(0.95, firstWords[turn] ?? []).toFixed(0)} ms.`,
      );
    }
    console.log(
      `${visitors * turnsEach} answers: ${lost} events lost, ${doubled} doubled, ${different} texts differ.`,
    );
    expect({ lost, doubled, different }).toEqual({ lost: 0, doubled: 0, different: 0 });
  });
});
