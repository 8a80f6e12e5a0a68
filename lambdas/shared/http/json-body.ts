import type { Context } from 'hono';
import { type Problem, tooLarge } from './problem.ts';
import { repeatedKeyIn } from './repeated-key.ts';

/** The bounds of a JSON body. */
export interface BodyBounds {
  /** In bytes. */
  maxBodyBytes?: number;
  /** No body means an empty object. */
  bodyIsOptional?: true;
  /** Half of a surrogate pair, which programs leave when they cut a text, becomes U+FFFD instead of an error. */
  replaceHalfPairs?: true;
}

export const defaultMaxBytes = 100_000;

/**
 * The JSON value of a request's body, and its text; or the problem to answer where it is of another type (415),
 * too large (413) or no JSON that can be kept as it is (400).
 */
export async function readJsonBody(
  c: Context,
  { maxBodyBytes = defaultMaxBytes, bodyIsOptional, replaceHalfPairs }: BodyBounds,
): Promise<{ value: unknown; text: string } | { problem: Problem }> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const isLeftOut = bodyIsOptional && bytes.length === 0;
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = /^application\/(json|[\w.-]+\+json)$/.test(type);
  if (!isJson && !isLeftOut) return { problem: notJson };
  if (bytes.length > maxBodyBytes) return { problem: tooLarge(maxBodyBytes) };
  const parsed = isLeftOut ? { value: {}, text: '{}' } : parseText(bytes, replaceHalfPairs);
  return 'fault' in parsed ? { problem: malformed(parsed.fault) } : parsed;
}

/** Whether a value is longer as it is kept than a body may be: numbers such as 1e20 are written out. */
export const isLongerWritten = (value: unknown, maxBytes: number): boolean =>
  Buffer.byteLength(JSON.stringify(value)) > maxBytes;

function parseText(
  bytes: Uint8Array,
  replaceHalfPairs = false,
): { value: unknown; text: string } | { fault: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { fault: 'it is not UTF-8' };
  }
  try {
    const value: unknown = JSON.parse(text, replaceHalfPairs ? withoutHalfPairs : undefined);
    if (hasHalfPair(value)) return { fault: 'a text has half a surrogate pair' };
    if (hasEndlessNumber(value)) return { fault: 'a number is too large' };
    if (hasRoundedInteger(text)) return { fault: 'an integer has more digits than can be kept' };
    const key = repeatedKeyIn(text);
    return key === undefined ? { value, text } : { fault: `an object names ${key} twice` };
  } catch {
    return { fault: text.trim() === '' ? 'it is empty' : 'it cannot be parsed' };
  }
}

/** JSON.stringify writes halves of surrogate pairs, and only those, as escapes of this kind. */
const hasHalfPair = (value: unknown): boolean =>
  /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));

const withoutHalfPairs = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

/** JSON.parse reads 1e999 as Infinity, which JSON cannot express. */
function hasEndlessNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasEndlessNumber);
}

/** Beyond 2^53, JSON.parse silently takes the next integer that a double can hold. */
function hasRoundedInteger(json: string): boolean {
  // Strings whole, so that digits within them are not taken for numbers.
  const tokens = json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g);
  return tokens.some(
    ([token]) => /^-?\d{16,}$/.test(token) && BigInt(token) !== BigInt(Number(token)),
  );
}

const notJson: Problem = {
  type: 'unsupported-media-type',
  title: 'Unsupported media type',
  status: 415,
  detail: 'Send JSON, with the header "Content-Type: application/json".',
};

const malformed = (fault: string): Problem => ({
  type: 'malformed-json',
  title: 'The body is not JSON',
  status: 400,
  detail: `The body must be one JSON value in UTF-8, but ${fault}.`,
});
