import type { Clock } from '../../runtime/clock.ts';
import { retryLater } from '../../runtime/errors.ts';
import { errorForLog, type Log } from '../../runtime/log.ts';
import type { CachedSecret } from '../../vendors/aws/secrets.ts';
import { TwilioBusy, type TwilioResources, twilioResources } from '../../vendors/twilio/client.ts';
import type { StoredTwilioCredentials } from '../../vendors/twilio/credentials.ts';
import type { MessageStatus } from '../contract.ts';
import type { Messenger, Picture, SendResult } from '../domain/ports.ts';

export interface TwilioMessengerOptions {
  credentials: CachedSecret<StoredTwilioCredentials>;
  baseUrl?: string;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'debug' | 'warn'>;
}

const sendTimeoutMs = 10_000;
const typingTimeoutMs = 2_000;
const imageTimeoutMs = 10_000;
/** WhatsApp's own bound for pictures. */
const maxImageBytes = 5 * 1024 * 1024;
/** How many of the newest messages are searched for one whose answer was lost. */
const searchedMessages = 50;

/** Twilio's codes for "not now": too many requests, the sender's rate, the daily cap. */
const busyCodes = new Set([14107, 20429, 63018, 63038]);
/** Its codes for a sender, or a callback's URL, that is not set up: once it is, the message is as good as before. */
const setUpCodes = new Set([21212, 21606, 21609, 63007, 63008]);
/** Not this message is wrong but the account or the server that it was sent to: it must not be lost for that. */
const wrongAddress = new Set([404, 405, 409]);
/** The system's own words for a connection that was never made. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function twilioMessenger(options: TwilioMessengerOptions): Messenger {
  const resources = async (timeoutMs: number): Promise<TwilioResources> =>
    twilioResources(await options.credentials.get(), {
      timeoutMs,
      ...(options.baseUrl && { baseUrl: options.baseUrl }),
    });
  const apiOrigin = new URL(options.baseUrl ?? 'https://api.twilio.com').origin;

  return {
    async send(message) {
      const { messages } = await resources(sendTimeoutMs);
      try {
        const { sid, status } = await messages.create(message);
        if (!sid) return { kind: 'unsure', cause: new Error('Twilio named no SID.') };
        return { kind: 'sent', messageSid: sid, status: status as MessageStatus };
      } catch (error) {
        return sendTrouble(error, options);
      }
    },

    async find(message, sinceMs, notSids) {
      const { messages } = await resources(sendTimeoutMs);
      const { to, from } = message;
      const listed = await messages
        .list({ to, from, limit: searchedMessages })
        .catch(async (error) => {
          if (isRefused(error.status)) await takeCurrent(options);
          throw retryLater('twilio_list', "Twilio's message list could not be read.", {
            cause: error,
          });
        });
      return listed.find(
        (candidate) =>
          candidate.body?.trim() === message.body.trim() &&
          candidate.dateCreated.getTime() >= Math.floor(sinceMs / 1000) * 1000 &&
          !notSids.includes(candidate.sid),
      )?.sid;
    },

    async showTyping(messageId) {
      try {
        const { typingIndicator } = await resources(typingTimeoutMs);
        await typingIndicator.create({ messageId, channel: 'whatsapp' });
      } catch (error) {
        options.log.debug('The typing indicator was not shown.', { error: errorForLog(error) });
      }
    },

    async fetchImage(url) {
      const { accountSid, authToken } = await options.credentials.get();
      const target = URL.canParse(url) ? new URL(url) : undefined;
      const ours =
        target?.origin === apiOrigin &&
        target.pathname.startsWith(`/2010-04-01/Accounts/${accountSid}/`);
      if (!target || !ours) {
        options.log.warn('A picture is not at Twilio and was not fetched.');
        return 'missing';
      }
      const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
      return fetchBounded(target, `Basic ${basic}`, options);
    },
  };
}

const isRefused = (status: number | undefined): boolean => status === 401 || status === 403;

/** Credentials that were refused may have been rotated; when even the secret cannot be read, the next call says so. */
const takeCurrent = ({ credentials }: TwilioMessengerOptions): Promise<boolean> =>
  credentials.refresh().catch(() => false);

async function fetchBounded(
  url: URL,
  authorization: string,
  options: TwilioMessengerOptions,
): Promise<Picture | 'too large' | 'missing'> {
  try {
    // A redirect to another host is followed without our credentials: fetch drops them.
    const response = await fetch(url, {
      headers: { authorization },
      signal: AbortSignal.timeout(imageTimeoutMs),
    });
    if (response.status === 404 || response.status === 410) return 'missing';
    if (isRefused(response.status)) await takeCurrent(options);
    if (!response.ok) throw new Error(`Twilio answered ${response.status} for a picture.`);
    const bytes = await readAtMost(response, maxImageBytes);
    const contentType = response.headers.get('content-type')?.split(';')[0] ?? 'image/jpeg';
    return bytes ? { contentType, bytes } : 'too large';
  } catch (error) {
    throw retryLater('twilio_media', 'A picture could not be fetched from Twilio.', {
      cause: error,
    });
  }
}

/** Undefined when the body is longer than that. */
async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function sendTrouble(error: unknown, options: TwilioMessengerOptions): Promise<SendResult> {
  const { status, code, cause } = error as {
    status?: number;
    code?: number;
    cause?: { code?: string };
  };
  if (error instanceof TwilioBusy) {
    const { retryAfterSeconds } = error;
    const busy = { kind: 'not_sent', reason: 'too many requests', cause: error } as const;
    return retryAfterSeconds ? { ...busy, retryAfterSeconds } : busy;
  }
  if (code !== undefined && busyCodes.has(code)) {
    return { kind: 'not_sent', reason: `busy (${code})`, cause: error };
  }
  if (code !== undefined && setUpCodes.has(code)) {
    return { kind: 'not_sent', reason: `the sender is not set up (${code})`, cause: error };
  }
  if (isRefused(status)) {
    await takeCurrent(options);
    return { kind: 'not_sent', reason: `credentials refused (${status})`, cause: error };
  }
  if (status === 408) return { kind: 'unsure', cause: error };
  if (status !== undefined && wrongAddress.has(status)) {
    return { kind: 'not_sent', reason: `refused (${status})`, cause: error };
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return { kind: 'rejected', errorCode: code ?? status };
  }
  if (neverConnected.has(cause?.code ?? '')) {
    return { kind: 'not_sent', reason: 'no connection', cause: error };
  }
  return { kind: 'unsure', cause: error };
}
