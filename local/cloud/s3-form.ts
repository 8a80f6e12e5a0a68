import type { S3Refusal } from './sigv4.ts';

/** A form by which a browser uploads a file. */
export interface UploadForm {
  /** By their names in lower case. */
  fields: Record<string, string>;
  fileBytes: number;
}

/** The fields of a form before its file, and the file's size; undefined for what is no such form. */
export async function readForm(
  body: Uint8Array,
  contentType: string,
): Promise<UploadForm | undefined> {
  const form = await new Response(Uint8Array.from(body), {
    headers: { 'content-type': contentType },
  })
    .formData()
    .catch(() => undefined);
  if (!form) return undefined;
  const fields: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value !== 'string') return { fields, fileBytes: value.size };
    if (name === 'file') return { fields, fileBytes: Buffer.byteLength(value) };
    fields[name.toLowerCase()] = value;
  }
  return undefined;
}

interface Policy {
  expiration?: string;
  conditions?: unknown[];
}

/** What a policy need not name. */
const free = /^(x-amz-signature|policy|file|x-ignore-.*)$/;

const refused = (message: string): S3Refusal => ({
  status: 403,
  code: 'AccessDenied',
  message: `Invalid according to Policy: ${message}`,
});

/** Why a form is not what its policy allows, as S3 says it; undefined where it is. */
export function policyFault(
  bucket: string,
  { fields, fileBytes }: UploadForm,
  now: number,
): S3Refusal | undefined {
  const { expiration = '', conditions = [] } = policyIn(fields['policy'] ?? '');
  if (!(Date.parse(expiration) > now)) return refused('Policy expired.');
  const values: Record<string, string> = { ...fields, bucket };
  const named = new Set(['bucket']);
  for (const condition of conditions) {
    const [kind, name, value, more] = normalized(condition);
    if (kind === 'content-length-range') {
      const fault = sizeFault(fileBytes, Number(name), Number(value));
      if (fault) return fault;
      continue;
    }
    named.add(String(name));
    const given = values[String(name)] ?? '';
    const fits =
      kind === 'starts-with' ? given.startsWith(String(value)) : kind === 'eq' && given === value;
    if (!fits || more !== undefined) {
      return refused(`Policy Condition failed: ${JSON.stringify(condition)}`);
    }
  }
  const extra = Object.keys(fields).filter((name) => !named.has(name) && !free.test(name));
  return extra.length > 0 ? refused(`Extra input fields: ${extra.join(', ')}`) : undefined;
}

function sizeFault(bytes: number, least: number, most: number): S3Refusal | undefined {
  const said = (code: string, how: string): S3Refusal => ({
    status: 400,
    code,
    message: `Your proposed upload ${how} allowed size`,
  });
  if (bytes > most) return said('EntityTooLarge', 'exceeds the maximum');
  return bytes < least ? said('EntityTooSmall', 'is smaller than the minimum') : undefined;
}

/** `{name: value}` is `['eq', '$name', value]`; names are in lower case, without their dollar sign. */
function normalized(condition: unknown): unknown[] {
  const list = Array.isArray(condition)
    ? condition
    : Object.entries(Object(condition)).flatMap(([name, value]) => ['eq', `$${name}`, value]);
  const [kind, name, ...rest] = list;
  const bare = typeof name === 'string' ? name.replace(/^\$/, '').toLowerCase() : name;
  return [String(kind).toLowerCase(), bare, ...rest];
}

function policyIn(text: string): Policy {
  try {
    return Object(JSON.parse(Buffer.from(text, 'base64').toString('utf8'))) as Policy;
  } catch {
    return {};
  }
}
