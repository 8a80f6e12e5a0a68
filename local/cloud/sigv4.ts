import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What S3 answers to a request that it refuses. */
export interface S3Refusal {
  status: number;
  code: string;
  message: string;
}

/** A request as it came, by its path and query as they were sent. */
export interface SignedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

const refused = (code: string, message: string): S3Refusal => ({ status: 403, code, message });

/** Why the signature in a request's query is of no use; undefined where it is ours, of this request, and not too old. */
export function presignedFault(
  request: SignedRequest,
  credentials: AwsCredentials,
  now: number,
): S3Refusal | undefined {
  const { query } = request;
  const credential = query.get('X-Amz-Credential') ?? '';
  const date = query.get('X-Amz-Date') ?? '';
  const begun = timeOf(date);
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || begun === undefined) {
    return refused('AccessDenied', 'The request is not signed.');
  }
  const scope = scopeOf(credential, date, credentials.accessKeyId);
  if ('code' in scope) return scope;
  const names = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const payload = query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  const wanted = requestSignature(request, { date, names, payload }, scope.parts, credentials);
  if (!isSame(query.get('X-Amz-Signature'), wanted)) return badSignature;
  const until = begun + Number(query.get('X-Amz-Expires')) * 1000;
  return now < until ? undefined : refused('AccessDenied', 'Request has expired');
}

const authorizationHeader =
  /^AWS4-HMAC-SHA256 Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/;

/** Whether a request is signed in its header, by these credentials; `body` is asked for where no header tells its hash. */
export async function isSignedBy(
  request: SignedRequest,
  credentials: AwsCredentials,
  body: () => Promise<Uint8Array>,
): Promise<boolean> {
  const { headers } = request;
  const [, credential = '', signed = '', signature = ''] =
    authorizationHeader.exec(headers.authorization ?? '') ?? [];
  const [name, ...scope] = credential.split('/');
  if (!isSame(name, credentials.accessKeyId)) return false;
  const told = headers['x-amz-content-sha256'];
  const payload = typeof told === 'string' ? told : hashOf(await body());
  const parts = { date: String(headers['x-amz-date']), names: signed.split(';'), payload };
  return isSame(signature, requestSignature(request, parts, scope, credentials));
}

/** The `authorization` of a request whose headers or body were changed on its way, signed by these credentials as it was. */
export function signedAnew(
  request: SignedRequest,
  body: string,
  credentials: AwsCredentials,
): string {
  const { authorization = '', 'x-amz-date': date } = request.headers;
  const [, credential = '', signed = ''] = authorizationHeader.exec(authorization) ?? [];
  const [, ...scope] = credential.split('/');
  const parts = { date: String(date), names: signed.split(';'), payload: hashOf(body) };
  const signature = requestSignature(request, parts, scope, credentials);
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`;
}

/** Why the signature of a form's policy is of no use; undefined where it is ours. */
export function formFault(
  fields: Readonly<Record<string, string>>,
  credentials: AwsCredentials,
): S3Refusal | undefined {
  const { policy, 'x-amz-credential': credential = '', 'x-amz-date': date = '' } = fields;
  if (!policy || fields['x-amz-algorithm'] !== 'AWS4-HMAC-SHA256') {
    return refused('AccessDenied', 'The form is not signed.');
  }
  const scope = scopeOf(credential, date, credentials.accessKeyId);
  if ('code' in scope) return scope;
  const wanted = signatureOf(policy, scope.parts, credentials.secretAccessKey);
  return isSame(fields['x-amz-signature'], wanted) ? undefined : badSignature;
}

const badSignature = refused(
  'SignatureDoesNotMatch',
  'The request signature we calculated does not match the signature you provided.',
);

function scopeOf(
  credential: string,
  date: string,
  accessKeyId: string,
): { parts: string[] } | S3Refusal {
  const [name, ...parts] = credential.split('/');
  if (!isSame(name, accessKeyId)) {
    return refused(
      'InvalidAccessKeyId',
      'A local store takes only the access key of its own start.',
    );
  }
  const [day, , service, end] = parts;
  const fits = parts.length === 4 && service === 's3' && end === 'aws4_request';
  return fits && day === date.slice(0, 8) ? { parts } : badSignature;
}

interface SignedParts {
  date: string;
  /** Of the headers that are signed. */
  names: readonly string[];
  payload: string;
}

function requestSignature(
  { method, path, query, headers }: SignedRequest,
  { date, names, payload }: SignedParts,
  scope: readonly string[],
  { secretAccessKey }: AwsCredentials,
): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort((a, b) => (a < b ? -1 : 1));
  const trimmed = (name: string) =>
    String(headers[name] ?? '')
      .trim()
      .replace(/ +/g, ' ');
  const lines = names.map((name) => `${name}:${trimmed(name)}\n`).join('');
  const canonical = [method, path, pairs.join('&'), lines, names.join(';'), payload].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), hashOf(canonical)].join('\n');
  return signatureOf(text, scope, secretAccessKey);
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function signatureOf(text: string, scope: readonly string[], secret: string): string {
  const key = scope.reduce<Buffer | string>((over, part) => hmac(over, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

const hashOf = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

function isSame(given: string | null | undefined, wanted: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Such as 20261121T100000Z. */
function timeOf(date: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
