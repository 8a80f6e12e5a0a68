import { v7 as uuidv7 } from 'uuid';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import type { Key } from '../../shared/store/table.ts';
import { type ConversationKey, conversationPartition } from '../conversation.ts';
import type { Feedback } from '../work/feedback.ts';
import { allOf, filteredPage } from './filtered-page.ts';
import type { ConversationsTable } from './keys.ts';

export type GivenFeedback = Pick<Feedback, 'message_id' | 'rating' | 'comment'>;

interface FeedbackQuery {
  limit: number;
  after?: string | undefined;
  rating?: string | undefined;
  conversationId?: string | undefined;
}

/** What a message's first feedback fixes, so that a second one takes its place. */
interface Place {
  feedback_id: string;
  created_at: string;
}

const prefix = 'FEEDBACK#';

/** What customers think, one of each message and one of the conversation as a whole; kept as long as a conversation. */
export function feedbackStore(table: ConversationsTable) {
  const places = new ItemStore<Place>(table, 'the place of a feedback');
  const items = new ItemStore<Key & Feedback>(table, 'a feedback');
  const listOf = (tenantId: string) => `TENANT#${tenantId}`;

  const placeFor = async (
    conversation: ConversationKey,
    messageId: string | null,
    retentionDays: number,
  ): Promise<Place> => {
    const now = table.clock.now();
    const wanted: Place = { feedback_id: uuidv7({ msecs: now }), created_at: isoTime(now) };
    const key = {
      pk: conversationPartition(conversation),
      sk: messageId === null ? `${prefix}CONVERSATION` : `${prefix}MESSAGE#${messageId}`,
    };
    const { item } = await places.create(key, wanted, { mine: ['feedback_id'], retentionDays });
    return item ?? placeFor(conversation, messageId, retentionDays);
  };

  return {
    /** Keeps it in the place of the one before; the same again changes nothing. */
    async give(key: ConversationKey, given: GivenFeedback): Promise<Feedback> {
      const days = await table.retentionDays(key.tenant_id);
      const { feedback_id, created_at } = await placeFor(key, given.message_id, days);
      const place = { pk: listOf(key.tenant_id), sk: prefix + feedback_id };
      const before = await items.get(place);
      if (before?.rating === given.rating && before.comment === given.comment) {
        return feedbackOf(before);
      }
      const feedback: Feedback = {
        feedback_id,
        conversation_id: key.conversation_id,
        ...given,
        created_at,
        updated_at: isoTime(table.clock.now()),
      };
      await items.put(place, feedback, { retentionDays: days });
      return feedback;
    },

    async list(
      tenantId: string,
      { limit, after, rating, conversationId }: FeedbackQuery,
    ): Promise<Page<Feedback>> {
      const range = { pk: listOf(tenantId), prefix };
      const filter = allOf([
        rating !== undefined && expr`rating = ${rating}`,
        conversationId !== undefined && expr`conversation_id = ${conversationId}`,
      ]);
      const page = await filteredPage(items, range, { limit, after, filter });
      return { items: page.items.map(feedbackOf), next: page.next };
    },
  };
}

const feedbackOf = ({ feedback_id, conversation_id, message_id, ...rest }: Feedback): Feedback => ({
  feedback_id,
  conversation_id,
  message_id,
  rating: rest.rating,
  comment: rest.comment,
  created_at: rest.created_at,
  updated_at: rest.updated_at,
});
