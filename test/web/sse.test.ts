import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StreamEvent, sseParser } from '../../web/widget/app/sse.ts';

/** What the parser says of a stream that comes in these pieces. */
function read(pieces: readonly string[]) {
  const events: StreamEvent[] = [];
  const retries: number[] = [];
  const parse = sseParser(
    (event) => events.push(event),
    (ms) => retries.push(ms),
  );
  for (const piece of pieces) parse(piece);
  return { events, retries };
}

/** The text cut at these shares of its length. */
function cut(text: string, shares: readonly number[]): string[] {
  const places = [
    0,
    ...shares.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b),
    text.length,
  ];
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

describe('the parser of event streams', () => {
  it('reads ids, data of many lines and the wait before a retry, and passes comments over', () => {
    const { events, retries } = read([
      'retry: 2000\n\n: heartbeat\n\nid: 7\ndata: {"a":\ndata: 1}\n\ndata:b\nevent: x\n\nid: 9\n\n',
    ]);

    expect(events).toEqual([{ id: '7', data: '{"a":\n1}' }, { data: 'b' }]);
    expect(retries).toEqual([2000]);
  });

  it('gives no event that is not finished', () => {
    expect(read(['data: a\n']).events).toEqual([]);
  });

  it.each(['\n', '\r\n', '\r'])(
    'reads the same however it is cut, with lines that end with %j',
    (end) => {
      const event = fc.record({
        id: fc.nat().map(String),
        data: fc.stringMatching(/^[^\r\n]{1,40}$/),
      });
      fc.assert(
        fc.property(
          fc.array(event),
          fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
          (events, cuts) => {
            const lines = events.flatMap(({ id, data }) => [
              `id: ${id}`,
              `data: ${data}`,
              ': beat',
              '',
            ]);
            // One more line: of a lone \r at the end nobody knows whether a \n follows.
            const text = [...lines, ': end', ''].join(end);

            expect(read(cut(text, cuts)).events).toEqual(events);
            expect(read(text.split('')).events).toEqual(events);
          },
        ),
      );
    },
  );
});
