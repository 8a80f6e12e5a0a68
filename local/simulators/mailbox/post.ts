import { z } from 'zod';

/** The fields of a post; null where one is missing or of the wrong type. */
export interface Post {
  emailId: string | null;
  key: string | null;
  response: string | null;
  testMode: boolean | null;
}

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const fields = z.object({
  email_id: z.string().nullable().catch(null),
  response: z.string().nullable().catch(null),
  api_key: z.string().nullable().catch(null),
  test_mode: flag.nullable().catch(null),
});

/** Reads a post to `/respond`; `fault` says what is wrong with it, if anything. */
export function readPost(
  text: string,
  key: string | undefined,
): { post: Post; apiKey: string | null; fault?: string } {
  const body = asObject(text);
  const { email_id, response, api_key, test_mode } = fields.parse(body ?? {});
  const post = { emailId: email_id, key: key ?? null, response, testMode: test_mode };
  const fault = body
    ? faultOf({ email_id, response, api_key, test_mode })
    : 'Expected a JSON object';
  return { post, apiKey: api_key, fault };
}

function asObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function faultOf(given: Record<string, unknown>): string | undefined {
  const missing = Object.keys(given).filter((name) => given[name] === null);
  if (missing.length > 0) return `Missing or of the wrong type: ${missing.join(', ')}`;
  return String(given['response']).trim() === '' ? 'Empty response' : undefined;
}
