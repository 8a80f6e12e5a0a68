/** What a customer sends; addresses look like `whatsapp:+15551230001`. */
export interface CustomerMessage {
  from: string;
  to: string;
  body?: string;
  media?: { contentType: string; bytes: Uint8Array }[];
  buttonText?: string;
  buttonPayload?: string;
  latitude?: number;
  longitude?: number;
  address?: string;
  label?: string;
  forwarded?: boolean;
  originalRepliedMessageSid?: string;
  profileName?: string;
  /** Further form fields, which replace usual ones of the same name. */
  extra?: Record<string, string>;
  messageSid?: string;
}

/** Where the business can fetch one of the message's files. */
export interface MediaLink {
  contentType: string;
  url: string;
}

/** The form of an inbound WhatsApp message; it omits the fields that Twilio omits. */
export function inboundForm(
  accountSid: string,
  sid: string,
  message: CustomerMessage,
  media: MediaLink[],
): Record<string, string> {
  const waId = message.from.replace(/\D/g, '');
  const { profileName = 'Customer', latitude, longitude } = message;
  const context = { ProfileName: profileName, WaId: waId };
  const fields: Record<string, string | undefined> = {
    MessageSid: sid,
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    AccountSid: accountSid,
    From: message.from,
    To: message.to,
    Body: message.body ?? '',
    MessageType: messageType(message),
    NumSegments: '1',
    NumMedia: String(media.length),
    ReferralNumMedia: '0',
    ProfileName: profileName,
    WaId: waId,
    ApiVersion: '2010-04-01',
    ChannelMetadata: JSON.stringify({ type: 'whatsapp', data: { context } }),
    ButtonText: message.buttonText,
    ButtonPayload: message.buttonPayload,
    Latitude: latitude?.toString(),
    Longitude: longitude?.toString(),
    Address: message.address,
    Label: message.label,
    Forwarded: message.forwarded ? 'true' : undefined,
    OriginalRepliedMessageSid: message.originalRepliedMessageSid,
    OriginalRepliedMessageSender: message.originalRepliedMessageSid && message.to,
  };
  for (const [i, { contentType, url }] of media.entries()) {
    fields[`MediaContentType${i}`] = contentType;
    fields[`MediaUrl${i}`] = url;
  }
  const present = Object.entries({ ...fields, ...message.extra });
  return Object.fromEntries(
    present.filter((field): field is [string, string] => field[1] !== undefined),
  );
}

function messageType({ media = [], buttonText, buttonPayload, latitude }: CustomerMessage): string {
  if (buttonText !== undefined || buttonPayload !== undefined) return 'button';
  if (latitude !== undefined) return 'location';
  const kind = media[0]?.contentType.split('/')[0];
  if (kind === undefined) return 'text';
  if (media[0]?.contentType === 'image/webp') return 'sticker';
  return ['image', 'audio', 'video'].includes(kind) ? kind : 'document';
}
