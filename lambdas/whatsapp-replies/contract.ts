import * as z from 'zod/mini';
import { numberVariable, workerConcurrency } from '../runtime/env.ts';
import { outageAttempts } from '../runtime/outage.ts';
import { httpUrl } from '../runtime/public-url.ts';
import { type ApiRoute, tenancyEnvironment, tenantId } from '../tenancy/contract.ts';

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

/** A business number and whose customers write to it. `number` is Twilio's address, such as `whatsapp:+14155238886`. */
export const channelSchema = z.object({
  number: z.string().check(z.regex(/^whatsapp:\+[1-9]\d{5,14}$/)),
  company_id: tenantId,
  project_id: projectId,
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

const webhookProblems = {
  400: ['fields-missing', 'fields-malformed'],
  413: 'body-too-large',
  415: 'unsupported-media-type',
} as const;

export const routes = {
  health: {
    operationId: 'getHealth',
    method: 'GET',
    path: paths.health,
    access: 'open',
    tag: 'API',
    summary: 'Whether the API answers',
    success: { status: 200, what: 'It does', schema: z.object({ status: z.literal('ok') }) },
  },
  inbound: {
    operationId: 'receiveWhatsAppMessage',
    method: 'POST',
    path: paths.inbound,
    access: 'signed',
    tag: 'Webhooks of Twilio',
    summary: 'A customer has written',
    success: { status: 200, what: 'Empty TwiML; the reply is sent later', mediaType: 'text/xml' },
    problems: { ...webhookProblems, 404: 'unknown-channel' },
  },
  status: {
    operationId: 'receiveWhatsAppStatus',
    method: 'POST',
    path: paths.status,
    access: 'signed',
    tag: 'Webhooks of Twilio',
    summary: 'What became of a message that was sent',
    success: { status: 204, what: 'Noted' },
    problems: webhookProblems,
  },
} satisfies Record<string, ApiRoute>;

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
  outageAttempts,
  /**
   * The replies that one conversation gets: so many at once after a rest, and one a minute from then on. No
   * person reads faster; who writes on gets one reply to all that came meanwhile, and the bill stays bounded.
   */
  repliesAtOnce: 60,
  repliesPerMinute: 1,
  /** The pictures of one reply: as data URLs they just fit into the 50 MB that OpenAI takes in a request. */
  turnPictureBytes: 35 * 1024 * 1024,
  /** Those of all conversations of a batch together, beyond which one waits for the others: they are in memory. */
  batchPictureBytes: 50 * 1024 * 1024,
  /** SQS's own count also counts waiting; it only catches messages that crash the function. */
  maxReceiveCount: 1_000,
} as const;

const retentionDays = numberVariable({ min: 1, max: 3650, default: 90 });
const runMaxWaitSeconds = numberVariable({ min: 5, max: 3600, default: 300 });

/** What an operator may set, checked when the stack is synthesized and not at the first event. */
export const operatorEnvironment = z.object({
  PUBLIC_BASE_URL: z.optional(httpUrl),
  OPENAI_BASE_URL: z.optional(httpUrl),
  TWILIO_BASE_URL: z.optional(httpUrl),
  RUN_MAX_WAIT_SECONDS: runMaxWaitSeconds,
  RETENTION_DAYS: retentionDays,
  LOG_LEVEL: z.optional(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])),
});

const common = {
  CONVERSATIONS_TABLE: z.string(),
  TWILIO_CREDENTIALS_SECRET_ID: z.string(),
  /** Where the secrets are; the function's own region by default. */
  SECRETS_MANAGER_REGION: z.optional(z.string()),
  PUBLIC_BASE_URL: httpUrl,
  RETENTION_DAYS: retentionDays,
};

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const receiveEnvironment = z.object({
  ...common,
  ...tenancyEnvironment,
  REPLY_QUEUE_URL: z.string(),
});

export const statusEnvironment = z.object(common);

export const replyEnvironment = z.object({
  ...common,
  ...tenancyEnvironment,
  REPLY_QUEUE_URL: z.string(),
  REPLY_DLQ_URL: z.string(),
  ...workerConcurrency,
  OPENAI_API_KEY_SECRET_ID: z.string(),
  OPENAI_BASE_URL: z.optional(httpUrl),
  TWILIO_BASE_URL: z.optional(httpUrl),
  DEFAULT_ASSISTANT_ID: z.optional(z.string()),
  RUN_MAX_WAIT_SECONDS: runMaxWaitSeconds,
});

/** The name of the variable that holds the assistant of one company's project. */
export const assistantVariable = (companyId: string, projectId: string): string =>
  `${companyId}_${projectId}_ASSISTANT_ID`;

/** Another company's channel whose assistant has the same variable (`a_b` and `c`, `a` and `b_c`): one would answer for the other. */
export const namesake = (channel: Channel, others: Channel[]): Channel | undefined =>
  others.find(
    ({ number, company_id, project_id }) =>
      number !== channel.number &&
      company_id !== channel.company_id &&
      assistantVariable(company_id, project_id) ===
        assistantVariable(channel.company_id, channel.project_id),
  );
