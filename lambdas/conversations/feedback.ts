import type { EventPublisher } from '../events/publisher.ts';
import { succeeded, succeededPage } from '../shared/http/envelope.ts';
import { invalid } from '../shared/http/faults.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { feedbackRoutes } from './feedback-routes.ts';
import type { ConversationLog } from './ports.ts';
import { feedbackStore } from './stores/feedback-store.ts';
import type { ConversationsTable } from './stores/keys.ts';
import { mayVisit } from './visits.ts';
import { feedbackEvent } from './work/events.ts';

export interface FeedbackPorts {
  table: ConversationsTable;
  conversations: Pick<ConversationLog, 'find' | 'messageById'>;
  events: EventPublisher;
}

/** Serves the routes of feedback. */
export function serveFeedback(serve: Serve, { table, conversations, events }: FeedbackPorts): void {
  const store = feedbackStore(table);

  serve(feedbackRoutes.give, async ({ params, body, caller }) => {
    const key = { tenant_id: caller.tenant_id, conversation_id: params.conversation_id };
    const conversation = await conversations.find(key);
    if (!conversation || !mayVisit(caller, conversation)) return undefined;
    const { message_id, rating, comment } = body;
    if (message_id !== undefined && !(await conversations.messageById(key, message_id)))
      return noMessage;
    const given = { message_id: message_id ?? null, rating, comment: comment ?? null };
    const feedback = await store.give(key, given);
    await events.publish(feedbackEvent(conversation, feedback));
    return { body: succeeded(feedback) };
  });

  serve(feedbackRoutes.list, async ({ query, caller }) => {
    const { cursor: after, limit, rating, conversation_id: conversationId } = query;
    const asked = { limit, after, rating, conversationId };
    const { items, next } = await store.list(caller.tenant_id, asked);
    return { body: succeededPage(items, next) };
  });
}

const noMessage = invalid([
  { pointer: '#/message_id', detail: 'There is no such message in the conversation.' },
]);
