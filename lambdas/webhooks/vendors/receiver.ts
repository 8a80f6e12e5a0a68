import { isOwnFault, retryLater } from '../../shared/errors.ts';
import { AddressRefused } from '../../vendors/http/public-address.ts';
import type { PublicFetch } from '../../vendors/http/public-fetch.ts';
import type { Answer, DeliveryPorts } from '../work/deliver-event.ts';

export interface ReceiverSettings {
  fetcher: PublicFetch;
  timeoutMs: number;
  now: () => number;
}

/** Posts to a company's own URL; of the answer only status and Retry-After count, and no more is read. */
export const receiver =
  ({ fetcher, timeoutMs, now }: ReceiverSettings): DeliveryPorts['post'] =>
  async (url, { headers, body }) => {
    try {
      const response = await fetcher(url, {
        method: 'POST',
        headers: { ...headers, 'user-agent': 'replies-engine' },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return answerOf(response, now());
    } catch (error) {
      if (error instanceof AddressRefused) {
        throw retryLater('webhook_address', `The receiver is not called: ${error.message}`);
      }
      if (isOwnFault(error)) throw error;
      // The error itself may name the URL.
      throw retryLater('webhook_unreachable', `The receiver did not answer: ${kindOf(error)}.`);
    }
  };

function answerOf({ status, headers }: Response, now: number): Answer {
  const after = status === 429 || status === 503 ? headers.get('retry-after') : null;
  const retryAfterSeconds = after === null ? undefined : secondsOf(after, now);
  return { status, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** RFC 9110: seconds, or a date. */
function secondsOf(text: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text);
  const seconds = (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

function kindOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return String(code ?? name ?? typeof error);
}
