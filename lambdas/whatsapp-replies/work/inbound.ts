import { fieldText, whatsAppAddress } from '../messages.ts';
import { withoutControls } from './whatsapp-text/characters.ts';

export interface InboundImage {
  url: string;
  content_type: string;
}

/** One inbound message as the model will read it. */
export interface Inbound {
  message_sid: string;
  /** ISO 8601, UTC. */
  received_at: string;
  text: string;
  images: InboundImage[];
  /** What was sent and cannot be read, in a customer's words, such as `voice messages`. */
  unreadable: string[];
  /** The SID of the earlier message that it quotes, until the text of that one is part of `text`. */
  quoted_sid?: string;
  /** Whether this very message ended or began the customer's opt-out. */
  consent?: 'started' | 'stopped';
}

const maxTextChars = 8_000;
const maxMediaItems = 10;
const maxSidChars = 128;
/** Of what a customer points at: enough to know it again. */
const maxPointedAtChars = 600;
/** Ids are parts of keys; a longer one is not WhatsApp's. */
const maxAddressIdChars = 200;
const maxNameChars = 200;

/** A field of Twilio's form as text, '' where it is missing. */
type Field = (name: string) => string;

/** What this product reads of the form that Twilio posts for a message of any kind. */
export interface TwilioMessage {
  /** '' where it is missing, like `from` and `to`. */
  messageSid: string;
  from: string;
  to: string;
  /** All that name the customer, `from` first. */
  addresses: [string, ...string[]];
  /** What the customer calls themselves; '' where it is missing. */
  name: string;
  /** What may ask to end or resume messages: a button says it by its text, which is the body too, or by its payload. */
  said: string[];
  content: Omit<Inbound, 'message_sid' | 'received_at' | 'consent'>;
}

/** Reads the form's fields, each of them text or a list of texts. */
export function readTwilioMessage(fields: Readonly<Record<string, unknown>>): TwilioMessage {
  const field: Field = (name) => fieldText(fields, name);
  return {
    messageSid: field('MessageSid'),
    from: field('From'),
    to: field('To'),
    addresses: addressesIn(field),
    name: nameIn(field('ProfileName')),
    said: [field('Body'), ...choicesIn(field)],
    content: contentIn((name) => field(name).trim()),
  };
}

/**
 * The customer's number, and the id that WhatsApp gives to those who hide it. Who is named by both may be named by
 * one alone the next time.
 */
function addressesIn(field: Field): [string, ...string[]] {
  const from = field('From');
  const id = field('ExternalUserId')
    .trim()
    .replace(/^whatsapp:/i, '');
  const number = field('WaId').trim().replace(/^\+/, '');
  const isNumber = /^whatsapp:\+\d+$/.test(from);
  const others = [
    ...(id && id.length <= maxAddressIdChars ? [whatsAppAddress(id)] : []),
    // Beside a number it is the same one, in some countries written in another way.
    ...(!isNumber && /^[1-9]\d{5,14}$/.test(number) ? [whatsAppAddress(`+${number}`)] : []),
  ];
  return [from, ...others.filter((address) => address !== from)];
}

/** A name on one line, bounded. */
const nameIn = (name: string): string =>
  withoutControls(name).replace(/\s+/g, ' ').trim().slice(0, maxNameChars).toWellFormed();

const choicesIn = (field: Field): string[] =>
  ['ButtonText', 'ListTitle', 'ButtonPayload', 'ListId'].map(field);

/** Text, images and what cannot be read; never nothing of all three. */
function contentIn(field: Field): TwilioMessage['content'] {
  const media = mediaIn(field);
  const text = withoutControls(messageLines(field).join('\n'))
    .trim()
    .slice(0, maxTextChars)
    .toWellFormed();
  const unreadable = media
    .filter(({ content_type }) => !mayBePicture(content_type))
    .map(({ content_type }) => mediaKind(content_type));
  const images = media.filter(({ content_type }) => mayBePicture(content_type));
  const quoted = field('OriginalRepliedMessageSid').slice(0, maxSidChars);
  if (!text && media.length === 0) unreadable.push('messages of this kind');
  return {
    text,
    images,
    unreadable: [...new Set(unreadable)],
    ...(quoted && { quoted_sid: quoted }),
  };
}

function messageLines(field: Field): string[] {
  const choice = choicesIn(field).find((text) => text !== '') ?? '';
  const body = field('Body') || choice;
  const forwarded = field('FrequentlyForwarded') === 'true' || field('Forwarded') === 'true';
  return [
    advertisementLine(field),
    forwarded && body ? `[Forwarded message] ${body}` : body,
    choice && body !== choice ? `[Chose: ${choice}]` : '',
    locationLine(field),
    formLine(field),
  ].filter((line) => line !== '');
}

/** The advertisement, or the post, by which the customer came to write. */
function advertisementLine(field: Field): string {
  const words = [field('ReferralHeadline'), field('ReferralBody')].filter((part) => part !== '');
  const said = words.length > 0 ? ` ${quotation(words.join(': '))}` : '';
  const url = field('ReferralSourceUrl').replace(/\s/g, '').slice(0, maxPointedAtChars);
  if (!said && !url) return '';
  const kind = field('ReferralSourceType') === 'post' ? 'a post' : 'an advertisement';
  return `[Comes from ${kind}:${said}${url && ` ${url}`}]`;
}

/** A form that the customer has filled in within WhatsApp. */
function formLine(field: Field): string {
  const form = field('FlowData') || field('InteractiveData');
  return form ? `[Form: ${quotation(form)}]` : '';
}

/** Foreign words as data: on one line, in quotation marks that they cannot close, and bounded. */
export function quotation(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const kept = line.slice(0, maxPointedAtChars).toWellFormed();
  return JSON.stringify(kept.length < line.length ? `${kept} …` : kept);
}

function locationLine(field: Field): string {
  const [latitude, longitude] = [Number(field('Latitude')), Number(field('Longitude'))];
  if (!field('Latitude') || !field('Longitude')) return '';
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return '';
  const place = [field('Label'), field('Address')].filter((part) => part !== '').join(', ');
  return `[Location: ${place ? `${place}, ` : ''}latitude ${latitude}, longitude ${longitude}]`;
}

function mediaIn(field: Field): InboundImage[] {
  const count = Math.min(Number(field('NumMedia')) || 0, maxMediaItems);
  return Array.from({ length: count }, (_, index) => ({
    url: field(`MediaUrl${index}`),
    content_type: contentTypeOf(field(`MediaContentType${index}`)),
  }));
}

/** What is declared as bytes of any kind shows what it is once it is fetched. */
const mayBePicture = (contentType: string): boolean =>
  isReadablePicture(contentType) || isAnyBytes(contentType);

/** Completes "I can't read …" for a file of this type. */
export function mediaKind(contentType: string): string {
  if (contentType.startsWith('audio/')) return 'voice messages';
  if (contentType.startsWith('video/')) return 'videos';
  if (contentType.startsWith('image/')) return 'pictures of this kind';
  if (/vcard/.test(contentType)) return 'contact cards';
  return 'documents';
}

/** A content type without its parameters, in lower case, and JPEG by its one right name. */
export function contentTypeOf(header: string | null | undefined): string {
  const type = (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.replace(/^image\/p?jpe?g$/, 'image/jpeg');
}

/** Whether the model reads pictures of this type. */
const isReadablePicture = (contentType: string): boolean =>
  /^image\/(jpeg|png|webp|gif)$/.test(contentType);

/** Whether a content type stands for bytes of any kind, as a store's default does. */
const isAnyBytes = (contentType: string): boolean =>
  /^(application|binary|unknown|image|\*)\/((x-)?(octet-stream|binary|unknown|(force-)?download)|\*)$/.test(
    contentType,
  );

/** How the files of each type begin, as Latin-1. */
const begins: [contentType: string, begin: string, from?: number][] = [
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['image/webp', 'WEBP', 8],
];

/**
 * The type of a picture that the model reads: by its first bytes, else as it was served, else as the message
 * declared it. Undefined if it is not a picture.
 */
export function pictureType(
  bytes: Uint8Array,
  served: string | null,
  declared: string,
): string | undefined {
  const begin = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const seen = begins.find(([, text, from = 0]) => begin.startsWith(text, from))?.[0];
  const servedType = contentTypeOf(served);
  const isStated = servedType.includes('/') && !isAnyBytes(servedType);
  const stated = isStated ? servedType : contentTypeOf(declared);
  const type = seen ?? stated;
  return isReadablePicture(type) ? type : undefined;
}
