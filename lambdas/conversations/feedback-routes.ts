import * as z from 'zod/mini';
import { enveloped, envelopedPage } from '../shared/http/envelope.ts';
import { cursorOf, pageQuery } from '../shared/http/page.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { conversationId } from './conversation.ts';
import { scopes, tag } from './scopes.ts';
import { text } from './text.ts';
import { feedbackSchema, ratings } from './work/feedback.ts';

const messageId = z.string().check(z.minLength(1), z.maxLength(400));

const shared = { tag, envelope: true } as const;

export const feedbackRoutes = {
  give: {
    ...shared,
    operationId: 'giveConversationFeedback',
    method: 'POST',
    path: '/conversations/{conversation_id}/feedback',
    access: 'conversations:visit',
    summary:
      'Says what a customer thinks of a message, or of the conversation; a second time replaces the first',
    params: z.object({ conversation_id: conversationId }),
    missing: 'There is no such conversation.',
    body: z.strictObject({
      message_id: z.optional(messageId),
      rating: z.enum(ratings),
      comment: z.optional(text(2_000)),
    }),
    maxBodyBytes: 20_000,
    success: { status: 200, what: 'The feedback as it is kept', schema: enveloped(feedbackSchema) },
  },
  list: {
    ...shared,
    operationId: 'listConversationFeedback',
    method: 'GET',
    path: '/conversation-feedback',
    access: scopes.read,
    summary: 'What customers think, newest first',
    query: z.object({
      rating: z.optional(z.enum(ratings)),
      conversation_id: z.optional(conversationId),
      ...pageQuery(50, cursorOf(/^[0-9a-f-]{36}$/)),
    }),
    success: {
      status: 200,
      what: 'A page of feedback; next_cursor is null on the last',
      schema: envelopedPage(feedbackSchema),
    },
  },
} as const satisfies Record<string, ApiRoute>;
