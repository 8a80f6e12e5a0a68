import { readFileSync } from 'node:fs';

/** A file that holds no event; its message says what to do. */
export class EventFileError extends Error {
  override readonly name = 'EventFileError';
}

/** The event that a file holds as JSON: an object, as every event of this stack is. */
export function readEvent(file: string): object {
  const event = parse(readText(file), file);
  if (typeof event === 'object' && event !== null && !Array.isArray(event)) return event;
  throw new EventFileError(`${file} holds no event: expected a JSON object, as in events/.`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new EventFileError(`${file} ${why}: name a file such as events/reply.json.`);
  }
}

/** The parser's own message quotes the text, which may be a customer's. */
function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /position \d+( \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    const at = place ? ` (at ${place})` : '';
    throw new EventFileError(`${file} is not JSON${at}: mend it, or take one of events/.`);
  }
}
