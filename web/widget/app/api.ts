/** A call that has not worked. */
export class Failure extends Error {
  /** 0 where no answer came. */
  readonly status: number;
  readonly type: string;
  readonly retryAfter: number | undefined;
  constructor(status: number, detail: string, type = '', retryAfter?: number) {
    super(detail);
    this.status = status;
    this.type = type;
    this.retryAfter = retryAfter;
  }
  /** It may work later just as it is. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface Call {
  method?: 'GET' | 'POST';
  body?: unknown;
  credential: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export type Fetch = typeof globalThis.fetch;

const patienceMs = 35_000;

/** Calls the API. Every way of failing is a `Failure`; a cancelled call throws what cancels. */
export function apiClient(fetch: Fetch, base: string) {
  async function open(url: string, { method = 'GET', body, credential, headers, signal }: Call) {
    let response: Response;
    try {
      response = await fetch(new URL(url, base), {
        method,
        headers: {
          authorization: `Bearer ${credential}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (error) {
      if (signal?.aborted && signal.reason === undefined) throw error;
      throw new Failure(0, 'No answer.');
    }
    if (!response.ok) throw await failureOf(response);
    return response;
  }
  return {
    open,
    async call<T>(url: string, call: Call): Promise<T> {
      const response = await open(url, {
        ...call,
        signal: call.signal ?? AbortSignal.timeout(patienceMs),
      });
      try {
        return ((await response.json()) as { data: T }).data;
      } catch {
        throw new Failure(0, 'The answer broke off.');
      }
    },
  };
}
export type Api = ReturnType<typeof apiClient>;

async function failureOf(response: Response): Promise<Failure> {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const problem = (await response.json().catch(() => undefined)) as
    | { type?: string; title?: string; detail?: string }
    | undefined;
  return new Failure(
    response.status,
    problem?.detail ?? problem?.title ?? '',
    problem?.type ?? '',
    Number.isNaN(after) ? undefined : after * 1000,
  );
}
