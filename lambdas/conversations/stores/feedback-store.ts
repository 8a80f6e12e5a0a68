import { v7 as uuidv7 } from 'uuid';
import { isoTime } from '../../shared/clock.ts';
import { expr } from '../../shared/store/expression.ts';
import { ItemStore, type Page } from '../../shared/store/item-store.ts';
import type { Key, Table } from '../../shared/store/table.ts';
import type { ConversationKey } from '../conversation.ts';
import type { Feedback } from '../feedback-routes.ts';
import { allOf, filteredPage } from './filtered-page.ts';

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

const retentionDays = 400;
const prefix = 'FEEDBACK#';

/** What customers think, one of each message and one of the conversation as a whole. */
export function feedbackStore(table: Table) {
  const places = new ItemStore<Place>(table, 'the place of a feedback');
  const items = new ItemStore<Key & Feedback>(table, 'a feedback');
  const listOf = (tenantId: string) => `TENANT#${tenantId}`;

  const placeFor = async (
    { tenant_id, conversation_id }: ConversationKey,
    messageId: string | null,
  ): Promise<Place> => {
    const now = table.clock.now();
    const wanted: Place = { feedback_id: uuidv7({ msecs: now }), created_at: isoTime(now) };
    const key = {
      pk: `TENANT#${tenant_id}#CONVERSATION#${conversation_id}`,
      sk: messageId === null ? `${prefix}CONVERSATION` : `${prefix}MESSAGE#${messageId}`,
    };
    const { item } = await places.create(key, wanted, { mine: ['feedback_id'], retentionDays });
    return item ?? placeFor({ tenant_id, conversation_id }, messageId);
  };

  return {
    /** Keeps it in the place of the one before. */
    async give(key: ConversationKey, given: GivenFeedback): Promise<Feedback> {
      const { feedback_id, created_at } = await placeFor(key, given.message_id);
      const feedback: Feedback = {
        feedback_id,
        conversation_id: key.conversation_id,
        ...given,
        created_at,
        updated_at: isoTime(table.clock.now()),
      };
      const place = { pk: listOf(key.tenant_id), sk: prefix + feedback_id };
      await items.put(place, feedback, { retentionDays });
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
