import { fieldText } from '../contract.ts';
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
  /** Whether this very message ended or began the customer's opt-out. */
  consent?: 'started' | 'stopped';
}

type Fields = Readonly<Record<string, unknown>>;

const maxTextChars = 8_000;
const maxMediaItems = 10;

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
  if (!text && media.length === 0) unreadable.push('messages of this kind');
  return {
    message_sid: messageSid,
    received_at: receivedAt,
    text,
    images,
    unreadable: [...new Set(unreadable)],
  };
}

function messageLines(fields: Fields): string[] {
  const field = (name: string) => fieldText(fields, name).trim();
  const choice = field('ButtonText') || field('ListTitle');
  const body = field('Body') || choice;
  const forwarded = field('FrequentlyForwarded') === 'true' || field('Forwarded') === 'true';
  return [
    forwarded && body ? `[Forwarded message] ${body}` : body,
    choice && body !== choice ? `[Chose: ${choice}]` : '',
    locationLine(field),
  ].filter((line) => line !== '');
}

function locationLine(field: (name: string) => string): string {
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
