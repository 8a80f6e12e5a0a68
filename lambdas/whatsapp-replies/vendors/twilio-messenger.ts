import type { Clock } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import { errorForLog, type Log } from '../../shared/log.ts';
import type { CachedSecret } from '../../vendors/aws/secrets.ts';
import { TwilioBusy, type TwilioResources, twilioResources } from '../../vendors/twilio/client.ts';
import type { StoredTwilioCredentials } from '../../vendors/twilio/credentials.ts';
import { isMessageStatus } from '../work/delivery.ts';
import { pictureType } from '../work/inbound.ts';
import type { FetchBounds, Messenger, NoPicture, Picture, SendResult } from '../work/ports.ts';

export interface TwilioMessengerOptions {
  credentials: CachedSecret<StoredTwilioCredentials>;
  baseUrl?: string;
  /** How long Twilio's answer to a message is waited for; 10 s by default. */
  sendTimeoutMs?: number;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'debug' | 'warn'>;
}

const defaultSendTimeoutMs = 10_000;
const typingTimeoutMs = 2_000;
const imageTimeoutMs = 10_000;
/** WhatsApp's own bound for pictures. */
const maxImageBytes = 5 * 1024 * 1024;
/** How many of the newest messages are searched for one whose answer was lost. */
const searchedMessages = 50;

/** Twilio's codes for "not now": too many requests, a full queue of the sender, its rate, the daily cap. */
const busyCodes = new Set([14107, 20429, 21611, 63018, 63038]);
/** Its codes for a sender, or a callback's URL, that is not set up: after that the message can be sent. */
const setUpCodes = new Set([21212, 21606, 21609, 63007, 63008]);
/** The account or the server's address is wrong, not the message, which must not be lost. */
const wrongAddress = new Set([404, 405, 409]);
/** A server on the way has waited no longer; Twilio may have the message all the same. */
const timeouts = new Set([408, 504]);
/** The picture does not exist, or not any more; Twilio's media store answers 403 for what it does not have. */
const noPicture = new Set([403, 404, 410]);
/** The system's own words for a connection that was never made. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function twilioMessenger(options: TwilioMessengerOptions): Messenger {
  const { sendTimeoutMs = defaultSendTimeoutMs } = options;
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
        if (typeof sid !== 'string' || !sid) {
          return { kind: 'unsure', cause: new Error('Twilio returned no SID.') };
        }
        return {
          kind: 'sent',
          messageSid: sid,
          status: isMessageStatus(status) ? status : 'queued',
        };
      } catch (error) {
        return sendFailure(error, options);
      }
    },

    async findAll(message, sinceMs) {
      const { messages } = await resources(sendTimeoutMs);
      const { to, from } = message;
      try {
        const listed = await messages.list({ to, from, limit: searchedMessages });
        return listed
          .filter(
            ({ body, dateCreated }) =>
              body?.trim() === message.body.trim() &&
              dateCreated.getTime() >= Math.floor(sinceMs / 1000) * 1000,
          )
          .map(({ sid }) => sid);
      } catch (error) {
        if (isRefused((error as { status?: number }).status)) await takeCurrent(options);
        throw retryLater('twilio_list', "Twilio's message list could not be read.", {
          cause: error,
        });
      }
    },

    async showTyping(messageId) {
      try {
        const { typingIndicator } = await resources(typingTimeoutMs);
        await typingIndicator.create({ messageId, channel: 'whatsapp' });
      } catch (error) {
        options.log.debug('The typing indicator was not shown.', { error: errorForLog(error) });
      }
    },

    async fetchPicture({ url, content_type: declared }, bounds) {
      const { accountSid, authToken } = await options.credentials.get();
      const target = URL.canParse(url) ? new URL(url) : undefined;
      const ours =
        target?.origin === apiOrigin &&
        target.pathname.startsWith(`/2010-04-01/Accounts/${accountSid}/`);
      if (!target || !ours) {
        options.log.warn('A picture is not at Twilio and was not fetched.');
        return 'not at Twilio';
      }
      const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
      try {
        // A redirect to another host is followed without our credentials: fetch drops them.
        const response = await fetch(target, {
          headers: { authorization: `Basic ${basic}` },
          signal: AbortSignal.timeout(Math.min(imageTimeoutMs, bounds.timeoutMs)),
        });
        if (!response.ok) return await refusedPicture(response, authToken, options);
        return await pictureIn(response, declared, bounds);
      } catch (error) {
        throw retryLater('twilio_media', 'A picture could not be fetched from Twilio.', {
          cause: error,
        });
      }
    },
  };
}

const isRefused = (status: number | undefined): boolean => status === 401 || status === 403;

/** Credentials that were refused may have been rotated; when even the secret cannot be read, the next call says so. */
const takeCurrent = ({ credentials }: TwilioMessengerOptions): Promise<boolean> =>
  credentials.refresh().catch(() => false);

/** Throws when the answer says nothing of the picture itself. */
async function refusedPicture(
  { status, body }: Response,
  authToken: string,
  options: TwilioMessengerOptions,
): Promise<'missing'> {
  await body?.cancel();
  if (isRefused(status)) await takeCurrent(options);
  const isRotated = (await options.credentials.get()).authToken !== authToken;
  if (noPicture.has(status) && !isRotated) return 'missing';
  throw new Error(`Twilio answered ${status} for a picture.`);
}

async function pictureIn(
  response: Response,
  declared: string,
  bounds: FetchBounds,
): Promise<Picture | NoPicture> {
  const bytes = await readBounded(response, bounds);
  if (typeof bytes === 'string') return bytes;
  if (bytes.length === 0) return 'missing';
  const contentType = pictureType(bytes, response.headers.get('content-type'), declared);
  return contentType ? { contentType, bytes } : 'not a picture';
}

/** Takes room for the whole picture before it comes, where the answer says its length. */
async function readBounded(
  { headers, body }: Response,
  { hold }: FetchBounds,
): Promise<Uint8Array | 'too large' | 'no room'> {
  let held = Number(headers.get('content-length')) || 0;
  const isTooLarge = held > maxImageBytes;
  if (isTooLarge || !hold(held)) {
    await body?.cancel();
    return isTooLarge ? 'too large' : 'no room';
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxImageBytes) return 'too large';
    if (length > held && !hold(length - held)) return 'no room';
    held = Math.max(held, length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function sendFailure(error: unknown, options: TwilioMessengerOptions): Promise<SendResult> {
  const { status, name, cause } = error as {
    status?: number;
    name?: string;
    cause?: { code?: string };
  };
  const notSent = (reason: string): SendResult => ({ kind: 'not_sent', reason, cause: error });
  if (error instanceof TwilioBusy) {
    const { retryAfterSeconds } = error;
    return { ...notSent('too many requests'), ...(retryAfterSeconds && { retryAfterSeconds }) };
  }
  const code = twilioCodeOf(error) ?? 0;
  if (busyCodes.has(code)) return notSent(`busy (${code})`);
  if (setUpCodes.has(code)) return notSent(`the sender is not set up (${code})`);
  if (isRefused(status)) {
    await takeCurrent(options);
    return notSent(`credentials refused (${status})`);
  }
  if (status !== undefined && wrongAddress.has(status)) return notSent(`refused (${status})`);
  if (code && status !== undefined && status >= 400 && status < 500) {
    return { kind: 'rejected', errorCode: code };
  }
  if (neverConnected.has(cause?.code ?? '')) return notSent('no connection');
  const mayComeLate = name === 'TimeoutError' || (status !== undefined && timeouts.has(status));
  return { kind: 'unsure', cause: error, ...(mayComeLate && { mayComeLate }) };
}

/** Twilio's own codes have five digits; an error without one comes from a proxy on the way. */
function twilioCodeOf(error: unknown): number | undefined {
  const code = Number((error as { code?: unknown }).code);
  return Number.isInteger(code) && code >= 10_000 && code <= 99_999 ? code : undefined;
}
