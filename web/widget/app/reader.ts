import { Failure } from './api.ts';
import { sseParser } from './sse.ts';
import type { TurnEvent } from './wire.ts';

/** The server's heartbeat comes every 15 seconds. */
const silenceMs = 40_000;

export interface ReaderOptions {
  setTimer: (call: () => void, ms: number) => unknown;
  clearTimer: (timer: unknown) => void;
}

/**
 * Reads a turn's events until its last one. Throws a passing `Failure` where the stream ends before it, where it falls
 * silent and where an event is missing: the next reader goes on behind the last one seen.
 */
export async function readEvents(
  response: Response,
  { setTimer, clearTimer }: ReaderOptions,
  take: (event: TurnEvent) => number,
  retry: (ms: number) => void,
): Promise<void> {
  const body = response.body?.getReader();
  if (!body) throw new Failure(0, 'The stream has no body.');
  let over = false;
  let last: number | undefined;
  const parse = sseParser(({ data }) => {
    const event = JSON.parse(data) as TurnEvent;
    last = take(event);
    if (event.sequence > last) throw new Failure(0, 'An event is missing.');
    over ||= event.event === 'complete' || event.event === 'error';
  }, retry);
  const decoder = new TextDecoder();
  try {
    while (!over) {
      const timer = setTimer(() => void body.cancel(), silenceMs);
      const { done, value } = await body.read().finally(() => clearTimer(timer));
      if (done) break;
      parse(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(0, 'The stream broke off.');
  } finally {
    void body.cancel().catch(() => undefined);
  }
  if (!over) throw new Failure(0, 'The stream ended early.');
}
