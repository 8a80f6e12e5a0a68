import type * as z from 'zod/mini';
import type { Fault } from '../fault.ts';
import { counted } from '../plural.ts';
import type { Problem } from './problem.ts';

const maxFaults = 50;

/** The problem that names every fault of a readable request. */
export const invalid = (faults: Fault[]): Problem => ({
  type: 'invalid',
  title: 'The request is invalid',
  status: 422,
  detail: `${counted(faults.length, 'fault')}: see errors.`,
  errors: faults.slice(0, maxFaults),
});

/** The value as the schema parses it, or every fault of it, each at its JSON Pointer. */
export function parsed<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
): { value: z.output<Schema> } | { faults: Fault[] } {
  const result = schema.safeParse(value, { error: () => noWords });
  return result.success
    ? { value: result.data }
    : { faults: result.error.issues.flatMap((issue) => faultsOf(issue, value)) };
}

/** The same faults, each at the name of its parameter. */
export const ofParameters = (faults: Fault[]): Fault[] =>
  faults.map(({ pointer, detail }) => ({ pointer: pointer.replace('#/', ''), detail }));

const faultsOf = (issue: z.core.$ZodIssue, value: unknown): Fault[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        pointer: pointerTo([...issue.path, key]),
        detail: 'There is no such field.',
      }))
    : [{ pointer: pointerTo(issue.path), detail: sentenceOf(issue, valueAt(value, issue.path)) }];

/** RFC 6901. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | null)?.[part], value);

/** The message of an issue for which its schema has no words of its own. */
const noWords = '';

function sentenceOf(issue: z.core.$ZodIssue, found: unknown): string {
  if (found === undefined) return 'It is missing.';
  if (issue.message !== noWords) return issue.message;
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
    default:
      return 'It is malformed.';
  }
}

function boundOf(origin: string, side: string, bound: number | bigint): string {
  if (origin === 'string') return `have ${side} ${counted(Number(bound), 'character')}`;
  return origin === 'array'
    ? `have ${side} ${counted(Number(bound), 'item')}`
    : `be ${side} ${bound}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
