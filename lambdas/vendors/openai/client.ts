import OpenAI from 'openai';
import type { Meter } from '../../shared/log.ts';
import { type CachedSecret, secretOf } from '../aws/secrets.ts';
import { UnreadableAnswer } from './errors.ts';
import { type UsageRecorder, usageMeter } from './usage.ts';

/**
 * The longest time that a repeated call takes, its repetitions included: a function that waits
 * for one must have this much time left. Calls with bounds of their own, such as starting a run, are made once.
 */
export const callLimitMs = 12_000;
const maxRetries = 2;

/** The SDK limits each try alone, and three hanging tries would outlast the function. */
class BoundedOpenAI extends OpenAI {
  protected override async prepareOptions(
    options: Parameters<OpenAI['prepareOptions']>[0],
  ): Promise<void> {
    if (options.maxRetries !== 0) options.signal ??= AbortSignal.timeout(this.timeout);
  }
}

/** Gives the client for the key that is current; a new one only when the key has changed. */
export type OpenAiSource = () => Promise<OpenAI>;

/** The model of the deployment, and who records the tokens of each answer. */
export const openAiOf = (
  env: {
    OPENAI_API_KEY_SECRET_ID: string;
    OPENAI_BASE_URL?: string | undefined;
    SECRETS_MANAGER_REGION?: string | undefined;
  },
  meter: Pick<Meter, 'count'>,
): { openAi: OpenAiSource; onUsage: UsageRecorder } => ({
  openAi: openAiSource(
    secretOf(env, env.OPENAI_API_KEY_SECRET_ID, parseOpenAiKey),
    env.OPENAI_BASE_URL,
  ),
  onUsage: usageMeter(meter, env.OPENAI_BASE_URL),
});

export function openAiSource(
  key: CachedSecret<string>,
  baseURL: string | undefined,
  timeoutMs = callLimitMs,
): OpenAiSource {
  let made: { apiKey: string; client: OpenAI } | undefined;
  return async () => {
    const apiKey = await key.get();
    if (made?.apiKey !== apiKey) {
      const client = new BoundedOpenAI({
        apiKey,
        timeout: timeoutMs,
        maxRetries,
        fetch: async (url, init) => readable(await fetchNotingRefusal(key, url, init)),
        ...(baseURL && { baseURL }),
      });
      made = { apiKey, client };
    }
    return made.client;
  };
}

/** A refused key may have been rotated: the next call reads the stored one again. */
async function fetchNotingRefusal(
  key: CachedSecret<string>,
  ...[url, init]: Parameters<typeof fetch>
): Promise<Response> {
  const response = await fetch(url, init);
  // When even the secret cannot be read, the next call says so.
  if (response.status === 401) await key.refresh().catch(() => false);
  return retriesByQueue(response) ? noRetry(response) : response;
}

/** The type of an answer that is streamed. */
export const eventStream = 'text/event-stream';

/** Statuses that say something about the request, if the API itself answers. */
const checking = [400, 403, 404, 405, 422];

/**
 * The answer, read within the call's time limit. Rejects what the API cannot have said: a success or a refusal
 * that is no JSON object, or a gateway's own 404. The SDK takes that for a connection that broke.
 */
async function readable(response: Response): Promise<Response> {
  const { status } = response;
  const type = response.headers.get('content-type')?.split(';')[0]?.slice(0, 60) || 'no type';
  // A stream is read while it is written, and has no end that could be waited for.
  if (response.ok && type === eventStream) return response;
  const text = await response.text();
  const answer = jsonObject(text);
  if (checking.includes(status) && (!answer || (status === 404 && !isApiError(answer)))) {
    throw new UnreadableAnswer(`${status} with a body of ${type}`, status);
  }
  const headers = new Headers(response.headers);
  // A status without a body takes not even an empty one.
  if (!response.ok || status === 204) return new Response(text || null, { status, headers });
  if (!answer) throw new UnreadableAnswer(`${status} with a body of ${type}, no JSON object`);
  headers.set('content-type', 'application/json');
  const body = isWithoutOutput(answer) ? JSON.stringify({ ...answer, output: [] }) : text;
  return new Response(body, { status: isUnknownRoute(answer) ? 404 : status, headers });
}

/** Some servers write null for the output of an incomplete response, which breaks the SDK. */
const isWithoutOutput = ({ object, output }: { object?: unknown; output?: unknown }): boolean =>
  object === 'response' && !Array.isArray(output);

const isApiError = (answer: { error?: unknown; object?: unknown }): boolean =>
  Boolean(answer.error) || answer.object === 'error';

/** LM Studio answers 200 for a route that it does not have. */
const isUnknownRoute = ({ error }: { error?: unknown }): boolean =>
  typeof error === 'string' && error.startsWith('Unexpected endpoint');

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The queue waits as long as the vendor asks, not this function, whose time is billed. */
const retriesByQueue = ({ headers }: Response): boolean => Number(headers.get('retry-after')) > 1;

const noRetry = (response: Response): Response => {
  const headers = new Headers(response.headers);
  headers.set('x-should-retry', 'false');
  return new Response(response.body, { status: response.status, headers });
};

/** Reads the key's secret: the key alone, or a JSON object that holds it as `openai_api_key`. */
export function parseOpenAiKey(secret: string): string {
  const text = secret.trim();
  if (!text.startsWith('{')) return text;
  const key = keyIn(text);
  if (key) return key;
  throw new Error('it is neither a key alone nor a JSON object with openai_api_key.');
}

function keyIn(json: string): string | undefined {
  try {
    const { openai_api_key: key } = JSON.parse(json) as { openai_api_key?: unknown };
    return typeof key === 'string' ? key : undefined;
  } catch {
    // The parser's own message would quote the secret.
    return undefined;
  }
}
