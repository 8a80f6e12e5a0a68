import * as z from 'zod/mini';
import { outboundMessage } from '../conversations/messages.ts';
import { waitingEvent } from '../events/messages.ts';
import { tenantId } from '../tenancy/tenant.ts';

/** Ids and addresses become parts of keys, which DynamoDB bounds. */
export const maxIdChars = 256;

const requiredText = z.string().check(z.minLength(1), z.maxLength(maxIdChars));

const shortEnough = (name: string) =>
  z.refine<Record<string, unknown>>((fields) => fieldText(fields, name).length <= maxIdChars, {
    error: `${name} is too long`,
    path: [name],
  });

/** A project of a company; part of stored keys and of environment names. */
const projectId = tenantId;

/** What waits in the reply queue: one inbound WhatsApp message and whose it is. */
export const replyQueueMessage = z.object({
  /** Twilio's form fields; each a string or, from a producer of its own, a list of strings. */
  twilio_message: z.record(z.string(), z.unknown()).check(
    z.refine((fields) => isFilled(fields['From']), { error: 'From is missing', path: ['From'] }),
    z.refine((fields) => isField(fields['Body']), { error: 'Body is missing', path: ['Body'] }),
    shortEnough('MessageSid'),
    shortEnough('From'),
    shortEnough('To'),
  ),
  conversation_id: requiredText,
  thread_id: z.optional(z.nullable(z.string().check(z.maxLength(maxIdChars)))),
  company_id: tenantId,
  project_id: projectId,
  received_at: z.optional(z.iso.datetime()),
  /** Set where this message has begun (`stopped`) or ended (`started`) the customer's opt-out. */
  consent: z.optional(z.enum(['started', 'stopped'])),
});

export type ReplyQueueMessage = z.output<typeof replyQueueMessage>;

/** A message of a person of the company, to whom and from which number it goes. */
const personsMessage = z.extend(outboundMessage, {
  metadata: z.object({
    customer: requiredText,
    business_number: requiredText,
    project_id: projectId,
  }),
});

/** What waits in the reply queue: what customers have written, what people write to them, and events. */
export const waitingMessage = z.pipe(
  z.transform((value: unknown) =>
    typeof value === 'object' ? { kind: 'inbound', ...value } : value,
  ),
  z.discriminatedUnion('kind', [
    z.extend(replyQueueMessage, { kind: z.literal('inbound') }),
    personsMessage,
    waitingEvent,
  ]),
);
export type WaitingMessage = z.output<typeof waitingMessage>;

/** The queue between the webhook and the reply processor. */
export interface ReplyInbox {
  /** Takes each message once for its SID, in the order of its conversation. Throws `retry` where it is not taken. */
  put(message: ReplyQueueMessage, messageSid: string): Promise<void>;
}

/** A field as text, whichever of the two shapes it came in. */
export function fieldText(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

function isField(value: unknown): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((v) => typeof v === 'string'))
  );
}

function isFilled(value: unknown): boolean {
  return isField(value) && fieldText({ value }, 'value') !== '';
}

/** Twilio's address of a WhatsApp number, whether it came with its prefix or without. */
export const whatsAppAddress = (number: string): string =>
  number.startsWith('whatsapp:') ? number : `whatsapp:${number}`;

/** A business number and whose customers write to it. `number` is Twilio's address, such as `whatsapp:+14155238886`. */
export const channelSchema = z.object({
  number: z.string().check(z.regex(/^whatsapp:\+[1-9]\d{5,14}$/)),
  company_id: tenantId,
  project_id: projectId,
});

export type Channel = z.output<typeof channelSchema>;

/** The path of the webhook to which Twilio reports what became of a message. */
export const statusPath = '/webhooks/twilio/status';

/** The delivery statuses that Twilio's callbacks report. */
export const messageStatuses = [
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'canceled',
  'failed',
  'undelivered',
  'delivered',
  'read',
] as const;

export type MessageStatus = (typeof messageStatuses)[number];

/** The name of the variable that holds the assistant of one company's project. */
export const assistantVariable = (companyId: string, projectId: string): string =>
  `${companyId}_${projectId}_ASSISTANT_ID`;

/** Another company's channel whose assistant has the same variable (`a_b` and `c`, `a` and `b_c`): one would answer for the other. */
export const findNameClash = (channel: Channel, others: Channel[]): Channel | undefined =>
  others.find(
    ({ number, company_id, project_id }) =>
      number !== channel.number &&
      company_id !== channel.company_id &&
      assistantVariable(company_id, project_id) ===
        assistantVariable(channel.company_id, channel.project_id),
  );
