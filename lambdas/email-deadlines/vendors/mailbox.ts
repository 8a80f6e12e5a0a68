import {
  asEngineError,
  discardWork,
  EngineError,
  isOwnFault,
  retryLater,
} from '../../shared/errors.ts';
import { AddressRefused } from '../../vendors/http/public-address.ts';
import { type PublicFetch, publicFetch } from '../../vendors/http/public-fetch.ts';
import type { Mailbox, PostResult } from '../work/ports.ts';

type Fetch = (
  url: string,
  init: Parameters<PublicFetch>[1] & { redirect: 'manual' },
) => Promise<Response>;

export interface MailboxSettings {
  url: string;
  apiKey: () => Promise<string>;
  /** Reads the keys again, after the one that was kept is refused: it may have been replaced. */
  renewKeys: () => Promise<unknown>;
  timeoutMs: number;
  /** Whether the company has named the URL itself: then only public addresses are called. */
  isOwn?: boolean;
  /** Where the whole cloud is one machine, also plain http to that machine. */
  allowLoopback?: boolean;
  fetcher?: Fetch;
}

/** Connections are kept open between calls. */
const toCompanies = publicFetch({ keepAlive: true });
const toCompaniesHere = publicFetch({ keepAlive: true, allowLoopback: true });

function fetcherOf({ isOwn, allowLoopback, fetcher }: MailboxSettings): Fetch {
  if (fetcher) return fetcher;
  if (!isOwn) return fetch;
  return allowLoopback ? toCompaniesHere : toCompanies;
}

/** What a mailbox may send: 10,000 emails of 50,000 characters would be more than a function holds. */
const maxMailBytes = 20_000_000;

/** Of what a mailbox says to a reply only the reason counts. */
const maxAnswerBytes = 64_000;

/** Fetches the emails of a mailbox as it serves them. Throws `retry` while it does not answer, `discard` where it refuses. */
export async function fetchEmails(settings: MailboxSettings, testMode: boolean): Promise<unknown> {
  const { url, timeoutMs } = settings;
  const target = new URL(url);
  target.searchParams.set('test_mode', String(testMode));
  let response: Response;
  try {
    response = await withCurrentKey(settings, (apiKey) => {
      target.searchParams.set('api_key', apiKey);
      return fetcherOf(settings)(target.href, {
        // Another place is not the one that was configured, and must not get the key.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
    });
  } catch (error) {
    if (error instanceof EngineError) throw error;
    if (error instanceof AddressRefused) {
      throw refused(`The mailbox is not called: ${error.message}`);
    }
    throw unavailable('did not answer', error);
  }
  const text = await boundedText(response);
  // Its words stay out of our logs: they may repeat the URL, which has the key.
  const answered = `The mailbox answered ${response.status}.`;
  if (isAway(response.status)) throw retryLater('mailbox_unavailable', answered);
  if (!response.ok) throw refused(answered);
  const found = parsed(text) ?? parsed(asJson(text));
  if (found) return found.value;
  throw refused('The mailbox answered no JSON.');
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Python writes NaN and Infinity where there is no value, and texts put together by hand have raw line ends. */
function asJson(text: string): string {
  let isInText = false;
  return text.replace(/\\[\s\S]|["\p{Cc}]|-?\b(?:NaN|Infinity)\b/gu, (token) => {
    if (token === '"') isInText = !isInText;
    else if (!isInText && /^[-NI]/.test(token)) return 'null';
    else if (isInText && token.length === 1) return JSON.stringify(token).slice(1, -1);
    return token;
  });
}

const refusesKey = (status: number): boolean => status === 401 || status === 403;

const isAway = (status: number): boolean => status >= 500 || status === 429 || status === 408;

const refused = (reason: string): EngineError => discardWork('mailbox_refused', reason);

/** Calls once more where the key is refused and another has taken its place meanwhile. */
async function withCurrentKey(
  { apiKey, renewKeys }: MailboxSettings,
  call: (key: string) => Promise<Response>,
): Promise<Response> {
  const key = await apiKey();
  const response = await call(key);
  if (!refusesKey(response.status)) return response;
  await renewKeys().catch(() => undefined);
  const current = await apiKey();
  if (current === key) return response;
  await response.body?.cancel();
  return call(current);
}

async function boundedText(response: Response): Promise<string> {
  const length = Number(response.headers.get('content-length') ?? 0);
  let text: string | undefined;
  try {
    text = length > maxMailBytes ? undefined : await textUpTo(response, maxMailBytes);
  } catch (error) {
    throw unavailable('broke off', error);
  }
  if (text !== undefined) return text;
  throw refused('The mailbox serves more than 20 MB.');
}

/** The text of an answer; undefined when it is longer, of which no more is read. */
async function textUpTo(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  // Drops the byte order mark, which some servers write before their JSON.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Posts replies, through connections that are kept open between them. */
export const mailbox = (settings: MailboxSettings): Mailbox => ({
  async post({ idempotencyKey, ...reply }, maxMs): Promise<PostResult> {
    const { url, timeoutMs } = settings;
    const begun = performance.now();
    const leftMs = () => Math.max(0, Math.floor(maxMs - (performance.now() - begun)));
    const posting = async (): Promise<PostResult> => {
      const response = await withCurrentKey(settings, (api_key) =>
        fetcherOf(settings)(url, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
          body: JSON.stringify({ ...reply, api_key }),
          signal: AbortSignal.timeout(Math.min(timeoutMs, leftMs())),
        }),
      );
      return resultOf(response);
    };
    try {
      // Not the calls alone: the key's store may be slow too.
      return await Promise.race([posting(), timedOut(leftMs())]);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      if (error instanceof AddressRefused) return { kind: 'refused', reason: error.message };
      if (isOwnFault(error)) throw asEngineError(error);
      return { kind: 'unavailable', reason: nameOf(error) };
    }
  },
});

const timedOut = (ms: number): Promise<never> =>
  new Promise((_, reject) => {
    const signal = AbortSignal.timeout(ms);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function resultOf(response: Response): Promise<PostResult> {
  // Read to its end, for the next reply on the same connection; its words may be the customer's, and are not kept.
  await textUpTo(response, maxAnswerBytes);
  if (response.ok) return { kind: 'accepted' };
  const { status } = response;
  if (isAway(status)) {
    const seconds = Number(response.headers.get('retry-after'));
    return {
      kind: 'unavailable',
      reason: `it answered ${status}`,
      ...(seconds > 0 && { retryAfterMs: Math.min(seconds, 60) * 1000 }),
    };
  }
  // The reply may be good: a person fills in the right key, and it is posted then.
  if (refusesKey(status)) return { kind: 'unavailable', reason: `it refused the key (${status})` };
  return { kind: 'refused', reason: `the mailbox answered ${status}` };
}

/** Without the error as its cause, which may name the URL with its key. */
const unavailable = (what: string, error: unknown): EngineError =>
  isOwnFault(error)
    ? asEngineError(error)
    : retryLater('mailbox_unavailable', `The mailbox ${what}: ${nameOf(error)}.`);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
