import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

/** The answer of a webhook; without one, `status` is 0 and `failure` says why. */
export interface Answer {
  status: number;
  body: string;
  failure?: string;
}

export interface WebhookOptions {
  authToken: string;
  /** The origin to post to instead of the public URL's. */
  postTo: ((publicUrl: string) => string) | undefined;
  /** Timeout of one webhook, both attempts together. */
  timeoutMs: number;
  closing: AbortSignal;
}

type Form = Record<string, string>;

/** Posts forms as Twilio does: signed for the public URL, and a second time if the connection failed. */
export class Webhooks {
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async post(url: string, form: Form): Promise<Answer> {
    const { timeoutMs, closing } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), closing]);
    const attempt = () => this.#send(url, form, signal);
    try {
      return await attempt().catch((error) => (signal.aborted ? Promise.reject(error) : attempt()));
    } catch (error) {
      return { status: 0, body: '', failure: this.#reason(error, signal) };
    }
  }

  #reason(error: unknown, signal: AbortSignal): string {
    if (this.#options.closing.aborted) return 'the simulator was closed';
    if (signal.aborted) return `no answer within ${this.#options.timeoutMs / 1000} s`;
    return error instanceof Error ? error.message || String(error) : String(error);
  }

  async #send(url: string, form: Form, signal: AbortSignal): Promise<Answer> {
    const { authToken, postTo } = this.#options;
    const { origin, path } = splitUrl(url);
    const target = new URL(postTo?.(url) ?? origin);
    const body = new URLSearchParams(form).toString();
    const headers = {
      // The Host stays the public one, as through a tunnel.
      host: new URL(url).host,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': getExpectedTwilioSignature(authToken, url, form),
    };
    const response = await request(target, { method: 'POST', path, headers, signal }, body);
    return { status: response.statusCode ?? 0, body: await text(response) };
  }
}

/** Keeps path and query unchanged, which `URL` would not. */
function splitUrl(url: string): { origin: string; path: string } {
  const [, origin, rest = ''] = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(url) ?? [];
  if (!origin) throw new Error(`Expected a webhook URL to start with http:// or https://: ${url}`);
  return { origin, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function request(target: URL, options: http.RequestOptions, body: string) {
  const { request: start } = target.protocol === 'https:' ? https : http;
  const { hostname, port } = target;
  return new Promise<http.IncomingMessage>((resolve, reject) => {
    // A new connection each time: a reused one that the server drops would look like a lost answer.
    start({ hostname, port, agent: false, ...options }, resolve)
      .on('error', reject)
      .end(body);
  });
}
