import { notFound, Refusal } from './errors.ts';
import { newSid, type Records, type StoredMessage } from './records.ts';

const maxBodyChars = 1600;
const replyWindowHours = 24;
const outsideWindow = 63016;

const whatsappAddress = /^whatsapp:\+[1-9]\d{6,14}$/;
const phoneNumber = /^\+[1-9]\d{6,14}$/;

const rfc2822 = (at: number | null) =>
  at === null ? null : new Date(at).toUTCString().replace('GMT', '+0000');

/** A message as `GET Messages/:sid.json` shows it. */
export function messageJson(accountSid: string, message: StoredMessage) {
  const path = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.created_at),
    date_sent: rfc2822(message.sent_at),
    date_updated: rfc2822(message.updated_at),
    direction: message.direction,
    error_code: message.error_code,
    error_message: message.error_code === outsideWindow ? outsideWindowMessage : null,
    from: message.from,
    messaging_service_sid: null,
    num_media: String(message.num_media),
    num_segments: '1',
    price: null,
    price_unit: null,
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${path}/Media.json` },
    to: message.to,
    uri: `${path}.json`,
  };
}

const outsideWindowMessage =
  'Failed to send freeform message because you are outside the allowed window. ' +
  'If you are using WhatsApp, please use a Message Template.';

export function messageNamed(records: Records, sid: string, path: string): StoredMessage {
  const message = records.message(sid);
  if (!message) throw notFound(path);
  return message;
}

/** A new outbound message from the form of `messages.create`, or the refusal that Twilio answers. */
export function outboundMessage(
  form: URLSearchParams,
  records: Records,
  now: number,
): StoredMessage {
  const { from, to } = addresses(form);
  const body = form.get('Body') ?? '';
  const media_urls = form.getAll('MediaUrl');
  const content_sid = form.get('ContentSid') || null;
  checkContent(body, media_urls, content_sid);
  return {
    sid: newSid(media_urls.length > 0 ? 'MM' : 'SM'),
    direction: 'outbound-api',
    from,
    to,
    body,
    status: 'queued',
    created_at: now,
    updated_at: now,
    sent_at: null,
    error_code: null,
    refusal: content_sid || isOpen(records.lastWrote(to, from), now) ? null : outsideWindow,
    media_urls,
    num_media: media_urls.length,
    status_callback: statusCallback(form),
    content_sid,
    content_variables: form.get('ContentVariables'),
  };
}

/** The window of an unknown customer counts as open: their webhook may have been posted by hand. */
const isOpen = (lastWrote: number | undefined, now: number) =>
  lastWrote === undefined || now - lastWrote < replyWindowHours * 3_600_000;

function addresses(form: URLSearchParams): { from: string; to: string } {
  const to = form.get('To');
  const from = form.get('From');
  if (!to) throw new Refusal(400, 21604, "A 'To' phone number is required.");
  if (!from) throw new Refusal(400, 21603, "A 'From' phone number is required.");
  if (!whatsappAddress.test(to) && !phoneNumber.test(to)) {
    throw new Refusal(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  }
  checkSender(from);
  if (from.startsWith('whatsapp:') !== to.startsWith('whatsapp:')) {
    throw new Refusal(400, 21910, "'From' and 'To' must be of the same channel");
  }
  return { from, to };
}

/** Throws unless the sender is a WhatsApp number. */
function checkSender(from: string): void {
  if (whatsappAddress.test(from)) return;
  if (from.startsWith('whatsapp:')) {
    throw new Refusal(
      400,
      63007,
      'Twilio could not find a Channel with the specified From address',
    );
  }
  const message = `The 'From' number ${from} is not a valid phone number, shortcode, or alphanumeric sender ID.`;
  throw new Refusal(400, 21212, message);
}

function checkContent(body: string, mediaUrls: string[], contentSid: string | null): void {
  if (!body && mediaUrls.length === 0 && !contentSid) {
    throw new Refusal(400, 21619, 'A text message body or media urls must be specified.');
  }
  if (body.length > maxBodyChars) {
    const message = `The concatenated message body exceeds the ${maxBodyChars} character limit`;
    throw new Refusal(400, 21617, message);
  }
}

function statusCallback(form: URLSearchParams): string | null {
  const url = form.get('StatusCallback');
  if (url && !(URL.canParse(url) && /^https?:\/\//i.test(url))) {
    throw new Refusal(400, 21609, `The StatusCallback URL ${url} is not a valid URL.`);
  }
  return url || null;
}

/** The messages that the query of `messages.list` asks for, newest first. */
export function matchingMessages(records: Records, query: URLSearchParams): StoredMessage[] {
  const to = query.get('To');
  const from = query.get('From');
  const candidates =
    to && from
      ? [...new Set([to, from])].flatMap((address) => records.messagesOf(address))
      : records.messages();
  return candidates
    .filter((message) => (!to || message.to === to) && (!from || message.from === from))
    .filter((message) => wasSentWhen(message, query))
    .reverse();
}

/** Bounds are inclusive; a message that has not left Twilio has no date and matches no bound. */
function wasSentWhen({ sent_at }: StoredMessage, query: URLSearchParams): boolean {
  const bound = (name: string) => {
    const text = query.get(name);
    return text ? Date.parse(text) : undefined;
  };
  const [on, before, after] = [bound('DateSent'), bound('DateSent<'), bound('DateSent>')];
  if (on === undefined && before === undefined && after === undefined) return true;
  if (sent_at === null) return false;
  const second = Math.floor(sent_at / 1000) * 1000;
  const day = (at: number) => Math.floor(at / 86_400_000);
  return (
    (on === undefined || day(second) === day(on)) &&
    (before === undefined || second <= before) &&
    (after === undefined || second >= after)
  );
}
