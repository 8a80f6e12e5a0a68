import * as z from 'zod';
import { type ApiError, invalid } from './errors.ts';

/** Parses `value` by `schema`; throws OpenAI's 400 for the first error. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw result.error.issues.map(asInvalid)[0] ?? invalid('Invalid request.');
}

/** The JSON body of a request; an absent body is an empty object. */
export async function readJson(request: { text(): Promise<string> }): Promise<unknown> {
  const text = await request.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw invalid(
      'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.',
    );
  }
}

const maxPairs = 16;
const maxKeyChars = 64;
const maxValueChars = 512;

export const metadata = z
  .record(z.string(), z.string().max(maxValueChars))
  .superRefine((pairs, context) => {
    const keys = Object.keys(pairs);
    const add = (code: string, message: string) =>
      context.addIssue({ code: 'custom', message, params: { code } });
    if (keys.length > maxPairs) {
      add(
        'object_above_max_properties',
        `Invalid 'metadata': too many properties. Expected an object with at most ${maxPairs} properties, but got an object with ${keys.length} properties instead.`,
      );
    }
    for (const key of keys.filter((name) => name.length > maxKeyChars)) {
      add(
        'string_above_max_length',
        `Invalid 'metadata': key too long. Expected keys with maximum length ${maxKeyChars}, but got a key with length ${key.length} instead.`,
      );
    }
  });

function asInvalid(issue: z.core.$ZodIssue): ApiError {
  const param = nameOf(issue.path) || 'body';
  const refuse = (code: string, message: string) => invalid(message, { code, param });
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? refuse('missing_required_parameter', `Missing required parameter: '${param}'.`)
        : refuse(
            'invalid_type',
            `Invalid type for '${param}': expected ${issue.expected}, but got ${kindOf(issue.input)} instead.`,
          );
    case 'unrecognized_keys':
      return refuse('unknown_parameter', `Unknown parameter: '${issue.keys[0]}'.`);
    case 'too_big':
      return refuse(...tooBig(param, issue));
    case 'invalid_union': {
      const inner = issue.errors.at(-1)?.[0];
      if (inner) return asInvalid({ ...inner, path: [...issue.path, ...inner.path] });
      return refuse('invalid_value', `Invalid value for '${param}': ${issue.message}.`);
    }
    case 'custom':
      return refuse(String(issue.params?.['code'] ?? 'invalid_value'), issue.message);
    default:
      return refuse('invalid_value', `Invalid value for '${param}': ${issue.message}.`);
  }
}

function tooBig(param: string, issue: z.core.$ZodIssueTooBig): [code: string, message: string] {
  const got = sizeOf(issue.input);
  switch (issue.origin) {
    case 'array':
      return [
        'array_above_max_length',
        `Invalid '${param}': array too long. Expected an array with maximum length ${issue.maximum}, but got an array with length ${got} instead.`,
      ];
    case 'string':
      return [
        'string_above_max_length',
        `Invalid '${param}': string too long. Expected a string with maximum length ${issue.maximum}, but got a string with length ${got} instead.`,
      ];
    default:
      return [
        'integer_above_max_value',
        `Invalid '${param}': integer above maximum value. Expected a value <= ${issue.maximum}, but got ${got} instead.`,
      ];
  }
}

const sizeOf = (value: unknown) =>
  Array.isArray(value) || typeof value === 'string' ? value.length : Number(value);

function kindOf(value: unknown): string {
  if (value === null || Number.isNaN(value)) return String(value);
  return Array.isArray(value) ? 'array' : typeof value;
}

/** `input[0].content` of a path, as OpenAI names parameters. */
const nameOf = (path: PropertyKey[]) =>
  path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name ? `${name}.${String(key)}` : String(key);
  }, '');
