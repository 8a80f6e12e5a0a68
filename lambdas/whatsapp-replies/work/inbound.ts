import { fieldText } from '../messages.ts';
import { contentTypeOf, isAnyBytes, isReadablePicture } from './picture-type.ts';
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

type Fields = Readonly<Record<string, unknown>>;

const maxTextChars = 8_000;
const maxMediaItems = 10;
const maxSidChars = 128;
/** Of what a customer points at: enough to know it again. */
const maxPointedAtChars = 600;

/** Reads Twilio's fields of any kind of message into text, images and what cannot be read. Never empty. */
export function readInbound(fields: Fields, messageSid: string, receivedAt: string): Inbound {
  const media = readMedia(fields);
  const text = withoutControls(messageLines(fields).join('\n'))
    .trim()
    .slice(0, maxTextChars)
    .toWellFormed();
  const unreadable = media
    .filter(({ content_type }) => !mayBePicture(content_type))
    .map(({ content_type }) => mediaKind(content_type));
  const images = media.filter(({ content_type }) => mayBePicture(content_type));
  const quoted = fieldText(fields, 'OriginalRepliedMessageSid').trim().slice(0, maxSidChars);
  if (!text && media.length === 0) unreadable.push('messages of this kind');
  return {
    message_sid: messageSid,
    received_at: receivedAt,
    text,
    images,
    unreadable: [...new Set(unreadable)],
    ...(quoted && { quoted_sid: quoted }),
  };
}

function messageLines(fields: Fields): string[] {
  const field = (name: string) => fieldText(fields, name).trim();
  const choice = first(field, 'ButtonText', 'ListTitle', 'ButtonPayload', 'ListId');
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

type Field = (name: string) => string;

const first = (field: Field, ...names: string[]): string =>
  names.map(field).find((value) => value !== '') ?? '';

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
  const form = first(field, 'FlowData', 'InteractiveData');
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

function readMedia(fields: Fields): InboundImage[] {
  const count = Math.min(Number(fieldText(fields, 'NumMedia')) || 0, maxMediaItems);
  return Array.from({ length: count }, (_, index) => ({
    url: fieldText(fields, `MediaUrl${index}`),
    content_type: contentTypeOf(fieldText(fields, `MediaContentType${index}`)),
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
