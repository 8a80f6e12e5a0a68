import * as z from 'zod/mini';
import { enveloped, envelopedPage } from '../shared/http/envelope.ts';
import { idempotencyKey } from '../shared/http/idempotency-key.ts';
import { cursorOf, pageQuery } from '../shared/http/page.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { displayName } from '../tenancy/tenant.ts';
import {
  channels,
  conversationId,
  conversationSchema,
  conversationStatuses,
  handlings,
  messageSchema,
} from './conversation.ts';
import { limits } from './limits.ts';
import { scopes, tag } from './scopes.ts';
import { text } from './text.ts';

const conversationView = z.omit(conversationSchema, { tenant_id: true });

/** Who answers a conversation now. */
const handled = z.pick(conversationSchema, {
  conversation_id: true,
  status: true,
  handling: true,
  assignee: true,
  last_sequence: true,
});

const noCursor = 'It is none that was given as next_cursor.';

/** Where in the inbox the page before has ended. */
const inboxCursor = z.pipe(
  cursorOf(/^[\w-]{20,1100}$/),
  z.transform((cursor, context) => {
    const decoded = Buffer.from(cursor, 'base64url').toString();
    const [, last_activity_at, conversation_id] =
      /^(\d{4}-[\d:.TZ-]{10,30})#(.+)$/s.exec(decoded) ?? [];
    if (last_activity_at && conversation_id) return { last_activity_at, conversation_id };
    context.issues.push({ code: 'custom', message: noCursor, input: cursor });
    return z.NEVER;
  }),
);

const sequence = z.pipe(
  z._default(
    z.string().check(z.regex(/^\d{1,12}$/, { error: 'It is no sequence of a message.' })),
    '0',
  ),
  z.transform(Number),
);

const name = z.optional(displayName);

const shared = { tag, envelope: true } as const;

const ofOne = {
  ...shared,
  params: z.object({ conversation_id: conversationId }),
  missing: 'There is no such conversation.',
} as const;

const changing = {
  ...ofOne,
  method: 'POST',
  body: z.strictObject({ name }),
  bodyIsOptional: true,
  success: { status: 200, what: 'Who answers it now', schema: enveloped(handled) },
} as const;

/** What is written to a customer: a text or one of the company's macros, and files of the conversation. */
const written = z
  .strictObject({
    text: z.optional(text(limits.textChars)),
    macro_id: z.optional(z.guid()),
    file_ids: z._default(z.array(z.guid()).check(z.maxLength(limits.files)), []),
    client_id: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
    name,
  })
  .check(
    z.refine((body) => body.text === undefined || body.macro_id === undefined, {
      error: 'Send either a text or a macro_id.',
    }),
    z.refine((body) => body.text || body.macro_id || body.file_ids.length > 0, {
      error: 'There is nothing in it: send a text, a macro_id or file_ids.',
    }),
  );

export const conversationRoutes = {
  list: {
    ...shared,
    operationId: 'listConversations',
    method: 'GET',
    path: '/conversations',
    access: scopes.read,
    summary:
      'The conversations, those with the latest activity first; what has just happened may take a second to be found',
    query: z.object({
      status: z.optional(z.enum(conversationStatuses)),
      channel: z.optional(z.enum(channels)),
      handling: z.optional(z.enum(handlings)),
      assignee: z
        .optional(z.string().check(z.minLength(1), z.maxLength(500)))
        .check(z.describe('The principal of the person who has it; `me` is the caller')),
      ...pageQuery(limits.pageSize, inboxCursor),
    }),
    success: {
      status: 200,
      what: 'A page of conversations; next_cursor is null on the last',
      schema: envelopedPage(conversationView),
    },
  },
  get: {
    ...ofOne,
    operationId: 'getConversation',
    method: 'GET',
    path: '/conversations/{conversation_id}',
    access: scopes.read,
    summary: 'One conversation',
    success: { status: 200, what: 'The conversation', schema: enveloped(conversationView) },
  },
  messages: {
    ...ofOne,
    operationId: 'listMessages',
    method: 'GET',
    path: '/conversations/{conversation_id}/messages',
    access: 'conversations:visit',
    summary: 'The messages of a conversation behind a sequence, in their order',
    query: z.object({
      after: sequence.check(
        z.describe('The sequence of the last message that is known; 0 by default'),
      ),
      limit: pageQuery(limits.messages, z.string()).limit,
    }),
    success: {
      status: 200,
      what: 'The messages; there are more while the last one is below last_sequence',
      schema: enveloped(
        z.object({
          messages: z.array(messageSchema),
          ...z.pick(handled, { last_sequence: true, status: true, handling: true }).shape,
        }),
      ),
    },
  },
  write: {
    ...ofOne,
    operationId: 'sendMessage',
    method: 'POST',
    path: '/v1/conversations/{conversation_id}/messages',
    access: scopes.write,
    summary:
      'A person writes to the customer, and takes the conversation over where no person has it',
    headers: z.object({
      'Idempotency-Key': z.optional(
        idempotencyKey(
          'A key of your own: the same message with the same key is written once. The client_id of the body does the same.',
        ),
      ),
    }),
    body: written,
    maxBodyBytes: limits.bodyBytes,
    success: {
      status: 200,
      what: 'The message that was written with the key before',
      created: 'The message, which is on its way',
      schema: enveloped(messageSchema),
    },
    problems: { 409: 'idempotency-key-reused' },
  },
  takeOver: {
    ...changing,
    operationId: 'takeConversationOver',
    path: '/conversations/{conversation_id}/takeover',
    access: scopes.write,
    summary: 'Takes a conversation over: no automatic answer is sent from then on',
    body: z.strictObject({
      name,
      force: z
        ._default(z.boolean(), false)
        .check(z.describe('Takes it from a colleague who has it')),
    }),
    problems: { 409: 'conversation-assigned' },
  },
  handBack: {
    ...changing,
    operationId: 'handConversationBack',
    path: '/conversations/{conversation_id}/handback',
    access: scopes.write,
    summary: 'Hands a conversation back: the customer’s next message is answered automatically',
  },
  handOver: {
    ...changing,
    operationId: 'handConversationOver',
    path: '/conversations/{conversation_id}/handover',
    access: 'conversations:visit',
    summary: 'Asks for a person: the conversation waits for one, and no automatic answer is sent',
  },
  close: {
    ...changing,
    operationId: 'closeConversation',
    path: '/conversations/{conversation_id}/close',
    access: 'conversations:visit',
    summary: 'Closes a conversation; the customer’s next message opens it again',
  },
} as const satisfies Record<string, ApiRoute>;
