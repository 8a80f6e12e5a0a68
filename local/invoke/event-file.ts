import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import type { DeployedFunction } from '../cloud/deployed-function.ts';

/** A file without an event; the message says what to do. */
export class EventFileError extends Error {
  override readonly name = 'EventFileError';
}

/** The event that a file holds as JSON: an object, as every event of this stack is. */
export function readEvent(file: string): object {
  const event = parse(readText(file), file);
  if (typeof event === 'object' && event !== null && !Array.isArray(event)) return event;
  throw new EventFileError(`${file} holds no event: expected a JSON object, as in events/.`);
}

/** Throws where the event is of another kind than the function's own example in `events/`. */
export function checkKind(
  event: object,
  file: string,
  { construct, shortName }: Pick<DeployedFunction, 'construct' | 'shortName'>,
): void {
  const example = `events/${shortName}.json`;
  const [given, wanted] = [kindOf(event), kindOf(readEvent(path.join(projectRoot, example)))];
  if (given === undefined || given === wanted) return;
  throw new EventFileError(
    `${file} is ${given}, but ${construct} takes ${wanted}, such as ${example}.`,
  );
}

/** The kind of an event; undefined where it cannot be told, such as of an empty object. */
function kindOf(event: { Records?: unknown; type?: unknown; requestContext?: unknown }) {
  if (Array.isArray(event.Records)) return 'a batch of messages';
  if (event.type === 'REQUEST') return 'an authorizer request';
  return event.requestContext ? 'a request' : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new EventFileError(`${file} ${why}: name a file such as events/reply-processor.json.`);
  }
}

/** The parser's own message quotes the text, which may be a customer's. */
function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /position \d+( \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    const at = place ? ` (at ${place})` : '';
    throw new EventFileError(`${file} is not JSON${at}: correct it, or take one of events/.`);
  }
}

interface Queued {
  Records?: { body?: string; attributes?: Record<string, string> }[];
}

const sqsTimes = ['SentTimestamp', 'ApproximateFirstReceiveTimestamp'];
const isoTime = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/**
 * A batch of messages with all its times moved by the same span, as if it was sent just now: an old example must not
 * look like messages that waited for months. Other events have no times that matter.
 */
export function sentNow<Event extends object>(event: Event, now: number): Event {
  const { Records: records } = event as Queued;
  if (!Array.isArray(records)) return event;
  const moved = records.map((record) => {
    const { body, attributes = {} } = record;
    const byMs = now - Number(attributes['SentTimestamp']);
    if (!(byMs > 0) || typeof body !== 'string') return record;
    const times = sqsTimes.flatMap((name) =>
      attributes[name] ? [[name, String(Number(attributes[name]) + byMs)]] : [],
    );
    return {
      ...record,
      body: body.replaceAll(isoTime, (text) => new Date(Date.parse(text) + byMs).toISOString()),
      attributes: { ...attributes, ...Object.fromEntries(times) },
    };
  });
  return { ...event, Records: moved };
}
