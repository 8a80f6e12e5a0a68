import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './model.ts';
import { eventsOf } from './response-events.ts';
import type { ResponseRecord } from './response-record.ts';

const maxNapMs = 50;

/**
 * The events of a response behind a sequence number, each when its time has come. `reread` gives the response as it is
 * by then, undefined once it is deleted; `leave` is called where the reader goes before the end.
 */
export function streamed(
  world: World,
  startingAfter: number,
  reread: () => ResponseRecord | undefined,
  leave: () => void = () => {},
): Response {
  const body = ReadableStream.from(encoded(world, startingAfter, reread, leave));
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  });
}

async function* encoded(
  world: World,
  startingAfter: number,
  reread: () => ResponseRecord | undefined,
  leave: () => void,
): AsyncGenerator<Uint8Array> {
  let last = startingAfter;
  let isOver = false;
  try {
    while (!isOver && !world.closing.aborted) {
      const record = reread();
      if (!record) break;
      const all = eventsOf(record).filter(({ event }) => event.sequence_number > last);
      const due = all.filter(({ at_ms }) => at_ms <= world.now());
      for (const { event } of due) {
        yield Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
        last = event.sequence_number;
      }
      const next = all[due.length];
      isOver = !next && isEnded(record, world.now());
      if (!isOver) await nap(world, next?.at_ms);
    }
    isOver = true;
  } finally {
    if (!isOver) leave();
  }
}

const isEnded = ({ times }: ResponseRecord, nowMs: number): boolean =>
  times.cancelled_ms !== undefined || (times.finish_ms !== null && nowMs >= times.finish_ms);

async function nap(world: World, untilMs = Number.POSITIVE_INFINITY): Promise<void> {
  const ms = Math.max(1, Math.min(untilMs - world.now(), maxNapMs));
  await sleep(ms, undefined, { signal: world.closing }).catch(() => undefined);
}
