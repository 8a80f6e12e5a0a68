import type { Context } from 'hono';
import type * as z from 'zod/mini';
import type { Fault } from '../fault.ts';
import { counted } from '../plural.ts';
import { problemResponse } from './problem.ts';
import { repeatedKeyIn } from './repeated-key.ts';

/** A body that was read, or the problem to answer. */
export type BodyResult<T> = { value: T; text: string } | { problem: Response };

/**
 * The JSON body of a request by its schema. Refuses what is no JSON (400), too large (413), of another
 * type (415), or does not fit (422, with every fault). Where it may be left out, none is an empty object.
 * Half of a surrogate pair, as programs leave it that cut a text, is refused unless it is to be replaced by U+FFFD.
 */
export async function jsonBody<Schema extends z.ZodMiniType>(
  c: Context,
  schema: Schema,
  maxBytes: number,
  { bodyIsOptional, replaceHalfPairs }: { bodyIsOptional?: true; replaceHalfPairs?: true } = {},
): Promise<BodyResult<z.output<Schema>>> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const isLeftOut = bodyIsOptional && bytes.length === 0;
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = /^application\/(json|[\w.-]+\+json)$/.test(type);
  if (!isJson && !isLeftOut) return { problem: notJson(c) };
  if (bytes.length > maxBytes) return { problem: tooLarge(c, maxBytes) };
  const parsed = isLeftOut ? { value: {}, text: '{}' } : parseText(bytes, replaceHalfPairs);
  if ('fault' in parsed) return { problem: malformed(c, parsed.fault) };
  const result = schema.safeParse(parsed.value);
  if (!result.success) {
    return { problem: invalid(c, faultsOf(parsed.value, result.error.issues)) };
  }
  return { value: result.data, text: parsed.text };
}

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

/** JSON.parse makes Infinity of 1e999, which no JSON can say. */
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

const maxFaults = 50;

/** The faults of a value, as the problem's `errors`. */
export const faultsOf = (value: unknown, issues: readonly z.core.$ZodIssue[]): Fault[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointerTo([...issue.path, key]),
          detail: 'There is no such field.',
        }))
      : [{ pointer: pointerTo(issue.path), detail: sentenceOf(issue, valueAt(value, issue.path)) }],
  );

/** The faults of a query, each at the name of its parameter. */
export const queryFaults = (
  query: Record<string, string>,
  issues: readonly z.core.$ZodIssue[],
): Fault[] =>
  faultsOf(query, issues).map(({ pointer, detail }) => ({
    pointer: pointer.replace('#/', ''),
    detail,
  }));

/** RFC 6901. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | null)?.[part], value);

function sentenceOf(issue: z.core.$ZodIssue, found: unknown): string {
  if (found === undefined) return 'It is missing.';
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${issue.expected}, got ${kindOf(found)}.`;
    case 'too_small': {
      const side = issue.inclusive === false ? 'more than' : 'at least';
      return `It must ${boundOf(issue.origin, side, issue.minimum)}.`;
    }
    case 'too_big': {
      const side = issue.inclusive === false ? 'less than' : 'at most';
      return `It must ${boundOf(issue.origin, side, issue.maximum)}.`;
    }
    case 'invalid_value':
      return `Expected one of ${issue.values.map(String).join(', ')}.`;
    case 'invalid_union':
      return 'options' in issue
        ? `Expected one of ${(issue.options as unknown[]).map(String).join(', ')}.`
        : 'It fits none of the allowed shapes.';
    case 'custom':
      return issue.message;
    default:
      return 'It is malformed.';
  }
}

function boundOf(origin: string, side: string, bound: number | bigint): string {
  if (origin === 'string') return `have ${side} ${bound} characters`;
  return origin === 'array' ? `have ${side} ${bound} items` : `be ${side} ${bound}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const notJson = (c: Context): Response =>
  problemResponse(c, {
    type: 'unsupported-media-type',
    title: 'Unsupported media type',
    status: 415,
    detail: 'Send JSON, with the header "Content-Type: application/json".',
  });

/** Refuses a body, or what it would take to keep it. */
export const tooLarge = (c: Context, maxBytes: number): Response =>
  problemResponse(c, {
    type: 'body-too-large',
    title: 'The body is too large',
    status: 413,
    detail: `It may have ${maxBytes} bytes.`,
  });

const malformed = (c: Context, fault: string): Response =>
  problemResponse(c, {
    type: 'malformed-json',
    title: 'The body is no JSON',
    status: 400,
    detail: `The body must be one JSON value in UTF-8, but ${fault}.`,
  });

/** Says every fault of a request that was understood. */
export const invalid = (c: Context, faults: Fault[]): Response =>
  problemResponse(c, {
    type: 'invalid',
    title: 'The request does not fit',
    status: 422,
    detail: `${counted(faults.length, 'fault')}: see errors.`,
    errors: faults.slice(0, maxFaults),
  });
