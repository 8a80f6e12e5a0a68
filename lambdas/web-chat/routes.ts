import * as z from 'zod/mini';
import { turnOutcomes } from '../agents/ports.ts';
import { conversationStatuses, handlings, messageSchema } from '../conversations/conversation.ts';
import { enveloped } from '../shared/http/envelope.ts';
import { idempotencyKey } from '../shared/http/idempotency-key.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { faqQuery, infoQuery, initiateBody, messageBody, resumeBody } from './messages.ts';

export { streamingRoutes } from './streaming-routes.ts';

const tag = 'Web chat';
const origin = z.optional(
  z.string().check(z.describe('As browsers send it: one that the company allows')),
);
const sameSite = z
  .optional(z.string())
  .check(z.describe('As browsers send it: `same-origin` where the widget is where the API is'));
const platform = { tag, envelope: true } as const;
const starting = { ...platform, access: 'conversations:start' } as const;
const visiting = { ...platform, access: 'conversations:visit' } as const;

const randomKey = idempotencyKey(
  'A random UUID of your own: the same request with the same key begins one conversation. Whoever knows it can have that conversation for an hour.',
).check(
  z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i, {
    error: 'It must be a random UUID (version 4), such as that of crypto.randomUUID().',
  }),
);
const messageKey = idempotencyKey(
  'As client_id, which comes before it: the same message with the same key is written once.',
);

/** What the widget needs to know before a conversation begins. */
const chatConfig = z.object({
  name: z.string(),
  language: z.string(),
  languages: z.array(z.string()),
  texts: z.record(z.string(), z.string()),
  colors: z.record(z.string(), z.string()),
  starters: z.array(z.object({ text: z.string() })),
  files: z.object({
    mime_types: z.array(z.string()),
    max_bytes: z.int(),
    max_count: z.int(),
  }),
  allowed_origins: z.array(z.string()),
  identity_required: z.boolean(),
  max_message_chars: z.int(),
  /** Where answers are streamed. */
  streaming_url: z.string(),
});
export type ChatConfig = z.output<typeof chatConfig>;

const opened = {
  conversation_id: z.string(),
  channel_id: z.string(),
  participant_id: z.string(),
  token: z.string(),
  token_expires_at: z.iso.datetime(),
  config: chatConfig,
};

const asked = {
  headers: z.object({ 'Idempotency-Key': z.optional(messageKey) }),
  body: messageBody,
  missing: 'There is no such conversation.',
  problems: { 409: ['idempotency-key-reused', 'webchat-disabled'], 422: 'file-not-usable' },
} as const;

export const routes = {
  info: {
    ...starting,
    operationId: 'getChatInfo',
    method: 'GET',
    path: '/conversations/info',
    summary: 'What a page needs to know before a conversation begins',
    query: infoQuery,
    headers: z.object({ Origin: origin, 'Sec-Fetch-Site': sameSite }),
    success: {
      status: 200,
      what: 'What was asked, and how the chat looks and speaks',
      schema: enveloped(
        z.object({
          customer_id: z.nullable(z.string()),
          page_url: z.nullable(z.string()),
          config: chatConfig,
        }),
      ),
    },
    problems: { 403: 'origin-not-allowed', 409: 'webchat-disabled' },
  },
  initiate: {
    ...starting,
    operationId: 'initiateConversation',
    method: 'POST',
    path: '/conversations/initiate',
    summary: 'Begins a conversation, and gives the visitor a token for it',
    headers: z.object({ Origin: origin, 'Idempotency-Key': z.optional(randomKey) }),
    body: initiateBody,
    success: {
      status: 201,
      what: 'The conversation, with the visitor’s token for an hour',
      schema: enveloped(z.object(opened)),
    },
    problems: {
      403: ['origin-not-allowed', 'identity-refused'],
      409: ['webchat-disabled', 'idempotency-key-reused'],
    },
  },
  resume: {
    ...starting,
    operationId: 'resumeConversation',
    method: 'POST',
    path: '/conversations/resume',
    summary: 'Gives a visitor a new token for a conversation that he had',
    headers: z.object({ Origin: origin }),
    body: resumeBody,
    missing: 'There is no such conversation: begin one.',
    success: {
      status: 200,
      what: 'The conversation, its last sequence, and the visitor’s token for an hour',
      schema: enveloped(
        z.object({
          ...opened,
          last_sequence: z.int(),
          status: z.enum(conversationStatuses),
          handling: z.enum(handlings),
        }),
      ),
    },
    problems: {
      403: ['origin-not-allowed', 'identity-refused'],
      409: 'webchat-disabled',
    },
  },
  message: {
    ...visiting,
    ...asked,
    operationId: 'sendVisitorMessage',
    method: 'POST',
    path: '/visitor/v1/webchat/message',
    summary: 'Takes a visitor’s message in; the answer is read from the conversation',
    success: {
      status: 202,
      what: 'The message as it is written; turn_id names what answers it',
      schema: enveloped(
        z.object({
          conversation_id: z.string(),
          message: messageSchema,
          turn_id: z.optional(z.string()),
        }),
      ),
    },
  },
  action: {
    ...visiting,
    ...asked,
    operationId: 'sendConversationAction',
    method: 'POST',
    path: '/conversations/actions',
    summary: 'Takes a visitor’s message in and waits for the answer, 25 seconds at most',
    success: {
      status: 200,
      what: 'The answer',
      accepted:
        'It is not there yet, and the status is running: send the same again with the same client_id',
      schema: enveloped(
        z.object({
          conversation_id: z.string(),
          message_id: z.string(),
          /** Of the answer; null where there is none. */
          sequence: z.nullable(z.int()),
          response: z.nullable(z.string()),
          tool_calls: z.array(z.object({ tool: z.string(), args: z.unknown() })),
          status: z.enum(['complete', 'running']),
          /** Null while it runs. */
          outcome: z.nullable(z.enum(turnOutcomes)),
        }),
      ),
    },
  },
  faq: {
    ...starting,
    operationId: 'searchVisitorFaq',
    method: 'GET',
    path: '/visitor/v1/webchat/faq',
    summary: 'Questions and answers that the company has published',
    query: faqQuery,
    success: {
      status: 200,
      what: 'Up to 20 questions with their answers, the best first',
      schema: enveloped(
        z.array(
          z.object({
            id: z.string(),
            question: z.string(),
            answer: z.string(),
            language: z.string(),
            tags: z.array(z.string()),
          }),
        ),
      ),
    },
  },
  identity: {
    ...platform,
    operationId: 'getVisitorIdentitySecret',
    method: 'GET',
    path: '/webchat/identity',
    access: 'configuration:write',
    summary: 'The secret by which the company’s own server names visitors',
    success: {
      status: 200,
      what: 'The secret and its version',
      schema: enveloped(
        z.object({ identity_secret: z.string(), version: z.int(), required: z.boolean() }),
      ),
    },
    problems: { 409: 'webchat-disabled' },
  },
} satisfies Record<string, ApiRoute>;
