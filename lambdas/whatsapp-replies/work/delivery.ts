import * as z from 'zod/mini';
import type { DeliveryStatus } from '../../conversations/conversation.ts';
import { tenantId } from '../../tenancy/tenant.ts';
import { type MessageStatus, maxIdChars, messageStatuses, statusPath } from '../messages.ts';

/**
 * How far a status is along the way; callbacks come repeated and in any order, and only a higher
 * rank replaces a lower one. Delivered and read outrank the failures: they prove the message arrived.
 */
const ranks: Record<MessageStatus, number> = {
  accepted: 1,
  scheduled: 1,
  queued: 2,
  sending: 3,
  sent: 4,
  canceled: 5,
  failed: 5,
  undelivered: 5,
  delivered: 6,
  read: 7,
};

export const isMessageStatus = (text: string): text is MessageStatus =>
  (messageStatuses as readonly string[]).includes(text);

/** The statuses that a message may have before it gets this one. */
export const statusesBefore = (status: MessageStatus): MessageStatus[] =>
  messageStatuses.filter((other) => ranks[other] < ranks[status]);

export const isFailure = (status: MessageStatus): boolean => ranks[status] === 5;

/** The longest that we give out: a time and the longest `MessageSid` of a queue message, with the part's number. */
const maxMessageKeyChars = maxIdChars + 44;

/** What a status callback must bring back to find its message: whose it is and its key. They fit into a key of DynamoDB. */
const referenceSchema = z.object({
  company_id: tenantId,
  conversation_id: z.string().check(z.minLength(1), z.maxLength(maxIdChars)),
  message_key: z.string().check(z.minLength(1), z.maxLength(maxMessageKeyChars)),
});
export type ReplyReference = z.output<typeof referenceSchema>;

/** The query parameter of the status callback's URL that carries it. */
export const referenceParameter = 'reply';

/** The URL at which Twilio reports on that message. */
export const statusCallbackUrl = (publicBaseUrl: string, reference: ReplyReference): string =>
  `${publicBaseUrl.replace(/\/+$/, '')}${statusPath}?${referenceParameter}=${encodeReference(reference)}`;

/** As base64url, so that no gateway on the way re-encodes a character that Twilio has signed. */
export const encodeReference = ({
  company_id,
  conversation_id,
  message_key,
}: ReplyReference): string =>
  Buffer.from(JSON.stringify({ company_id, conversation_id, message_key })).toString('base64url');

/** The reference; undefined if it is not one of ours. */
export function decodeReference(text: string): ReplyReference | undefined {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return referenceSchema.safeParse(decoded).data;
  } catch {
    return undefined;
  }
}

/** The key of one part of a message that a person has written. */
export const personMessageKey = (messageId: string, part: number, of: number): string =>
  `person#${messageId}.${twoDigits(part)}of${twoDigits(of)}`;

const twoDigits = (count: number): string => String(count).padStart(2, '0');

/** The conversation's message of which a part is sent under this key, and whether it is the last of its parts. */
export function messageOf(messageKey: string): { message_id: string; isLast: boolean } {
  const [, message_id, part, of] = /^person#(.+)\.(\d+)of(\d+)$/.exec(messageKey) ?? [];
  return message_id === undefined
    ? { message_id: messageKey, isLast: true }
    : { message_id, isLast: part === of };
}

/** What a status means for a message of a conversation; undefined before Twilio has sent it. */
export function deliveryOf(status: MessageStatus): DeliveryStatus | undefined {
  if (isFailure(status)) return 'failed';
  return status === 'sent' || status === 'delivered' || status === 'read' ? status : undefined;
}
