import * as z from 'zod/mini';
import { conversationId } from '../conversations/conversation.ts';
import { enveloped } from '../shared/http/envelope.ts';
import { idempotencyKey } from '../shared/http/idempotency-key.ts';
import { eventStream } from '../shared/http/route.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { messageBody } from './messages.ts';

const uiStream = z
  .optional(z.literal('v1'))
  .check(z.describe('`v1`: the events of the Vercel AI SDK’s UI message stream in place of ours'));
const lastEventId = z.optional(
  z
    .string()
    .check(
      z.regex(/^\d{1,9}$/, { error: 'It is no sequence of an event, such as 12.' }),
      z.describe('The sequence of the last event that was read: those behind it follow'),
    ),
);
const common = {
  tag: 'Web chat',
  envelope: true,
  streams: true,
  access: 'conversations:visit',
  missing: 'There is no such conversation.',
} as const;
const params = z.object({ conversation_id: conversationId });

/** The routes of the streaming API. */
export const streamingRoutes = {
  streamAction: {
    ...common,
    operationId: 'streamConversationAction',
    method: 'POST',
    path: '/streaming/conversations/actions',
    summary: 'Takes a visitor’s message in, and streams the answer while it is written',
    headers: z.object({
      'Idempotency-Key': z.optional(
        idempotencyKey(
          'As client_id, which comes before it: the same message with the same key is written once.',
        ),
      ),
      'X-Vercel-AI-UI-Message-Stream': uiStream,
    }),
    body: messageBody,
    success: {
      status: 200,
      what: 'Events of the turn that answers, each with its sequence as id; the last is `complete` or `error`. The header `x-turn-id` names the turn',
      mediaType: eventStream,
    },
    problems: { 409: ['idempotency-key-reused', 'webchat-disabled'], 422: 'file-not-usable' },
  },
  streamTurn: {
    ...common,
    operationId: 'streamConversationTurn',
    method: 'GET',
    path: '/streaming/conversations/{conversation_id}/stream',
    summary: 'Reads on a turn’s events while they are written',
    params,
    query: z.object({
      turn_id: z
        .optional(z.string().check(z.regex(/^turn-\d{1,12}$/, { error: 'It is no id of a turn.' })))
        .check(z.describe('The turn that runs, where it is left out')),
    }),
    headers: z.object({ 'Last-Event-ID': lastEventId, 'X-Vercel-AI-UI-Message-Stream': uiStream }),
    success: {
      status: 200,
      what: 'Events of the turn behind the last one that was read',
      nothing: 'Nothing runs, and nothing is left to read',
      mediaType: eventStream,
    },
    problems: {},
  },
  stopTurn: {
    ...common,
    operationId: 'stopConversationTurn',
    method: 'POST',
    path: '/streaming/conversations/{conversation_id}/stop',
    summary: 'Ends the turn that runs; what it has said stays as the answer',
    params,
    success: {
      status: 200,
      what: 'Whether there was one that ran',
      schema: enveloped(z.object({ stopped: z.boolean() })),
    },
  },
} satisfies Record<string, ApiRoute>;
