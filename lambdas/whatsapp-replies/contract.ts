import * as z from 'zod/mini';
import { numberVariable } from '../runtime/env.ts';

/** Ids and addresses become parts of keys, which DynamoDB bounds. */
const maxIdChars = 256;
const requiredText = z.string().check(z.minLength(1), z.maxLength(maxIdChars));

const shortEnough = (name: string) =>
  z.refine<Record<string, unknown>>((fields) => fieldText(fields, name).length <= maxIdChars, {
    error: `${name} is too long`,
    path: [name],
  });

/** Company and project ids are part of stored keys and of environment names. */
const ownerId = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/));

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
  company_id: ownerId,
  project_id: ownerId,
  received_at: z.optional(z.iso.datetime()),
  /** Set where this message has begun (`stopped`) or ended (`started`) the customer's opt-out. */
  consent: z.optional(z.enum(['started', 'stopped'])),
});
export type ReplyQueueMessage = z.output<typeof replyQueueMessage>;

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

/** How a channel's messages are answered: by the Responses API (default) or the Assistants protocol. */
const assistantSchema = z.discriminatedUnion('adapter', [
  z.object({
    adapter: z.literal('responses'),
    model: requiredText,
    instructions: z.string().check(z.maxLength(100_000)),
  }),
  z.object({ adapter: z.literal('threads'), assistant_id: requiredText }),
]);
export type Assistant = z.output<typeof assistantSchema>;

export const defaultModel = 'gpt-5.6-luna';
export const defaultInstructions =
  'You answer the customers of a company on WhatsApp. Answer in the language of the customer, ' +
  'briefly and kindly. Say so when you do not know something; never invent facts, prices or promises.';

/** The sentences that the product itself says, each configurable per channel. */
export const textsSchema = z.object({
  /** When the model refuses or answers nothing. */
  fallback: z._default(
    z.string().check(z.minLength(1), z.maxLength(1000)),
    "Sorry, I can't answer that here. Could you put it another way?",
  ),
  /** When something sent cannot be read; `{kinds}` stands for what it was. */
  unreadable: z._default(
    z.string().check(z.minLength(1), z.maxLength(1000)),
    "Sorry, I can't read {kinds} here. Please write it as text, or send a picture.",
  ),
  /** When a customer who had opted out starts again. */
  opted_in: z._default(
    z.string().check(z.minLength(1), z.maxLength(1000)),
    'Welcome back! You will get answers here again. Write STOP to end them.',
  ),
});
export type Texts = z.output<typeof textsSchema>;

/** A business number and whose customers write to it. `number` is Twilio's address, such as `whatsapp:+14155238886`. */
export const channelSchema = z.object({
  number: z.string().check(z.regex(/^whatsapp:\+[1-9]\d{5,14}$/)),
  company_id: ownerId,
  project_id: ownerId,
  assistant: z.optional(assistantSchema),
  texts: z._default(textsSchema, textsSchema.parse({})),
});
export type Channel = z.output<typeof channelSchema>;

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

export const paths = {
  inbound: '/webhooks/twilio/whatsapp',
  status: '/webhooks/twilio/status',
  health: '/health',
} as const;

/** Bounds of the design that the stack and the code must agree on. */
export const limits = {
  /** A webhook's body; Twilio's own are under 20 KB. */
  webhookBodyBytes: 64 * 1024,
  replyTimeoutSeconds: 60,
  /** Just above the function's timeout: after a crash the customer waits this long. */
  visibilityTimeoutSeconds: 70,
  batchSize: 10,
  /** Failures that are counted by the consumer itself, after which a message goes to the DLQ. */
  maxAttempts: 5,
  /** SQS's own count also counts waiting; it only catches messages that crash the function. */
  maxReceiveCount: 1_000,
} as const;

const baseUrl = z.string().check(z.regex(/^https?:\/\/[^/\s]+(\/[^\s]*)?$/));
const retentionDays = numberVariable({ min: 1, max: 3650, default: 90 });
const runMaxWaitSeconds = numberVariable({ min: 5, max: 3600, default: 300 });

/** What an operator may set, checked when the stack is synthesized and not at the first event. */
export const operatorEnvironment = z.object({
  PUBLIC_BASE_URL: z.optional(baseUrl),
  OPENAI_BASE_URL: z.optional(baseUrl),
  TWILIO_BASE_URL: z.optional(baseUrl),
  RUN_MAX_WAIT_SECONDS: runMaxWaitSeconds,
  RETENTION_DAYS: retentionDays,
  LOG_LEVEL: z.optional(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])),
});

const common = {
  CONVERSATIONS_TABLE: z.string(),
  TWILIO_CREDENTIALS_SECRET_ID: z.string(),
  /** Where the secrets are; the function's own region by default. */
  SECRETS_MANAGER_REGION: z.optional(z.string()),
  PUBLIC_BASE_URL: baseUrl,
  RETENTION_DAYS: retentionDays,
};

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const receiveEnvironment = z.object({ ...common, REPLY_QUEUE_URL: z.string() });

export const statusEnvironment = z.object(common);

export const replyEnvironment = z.object({
  ...common,
  REPLY_QUEUE_URL: z.string(),
  REPLY_DLQ_URL: z.string(),
  OPENAI_API_KEY_SECRET_ID: z.string(),
  OPENAI_BASE_URL: z.optional(baseUrl),
  TWILIO_BASE_URL: z.optional(baseUrl),
  DEFAULT_ASSISTANT_ID: z.optional(z.string()),
  RUN_MAX_WAIT_SECONDS: runMaxWaitSeconds,
});

/** The name of the variable that holds the assistant of one company's project. */
export const assistantVariable = (companyId: string, projectId: string): string =>
  `${companyId}_${projectId}_ASSISTANT_ID`;
