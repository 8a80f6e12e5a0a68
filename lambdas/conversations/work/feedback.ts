import * as z from 'zod/mini';
import { conversationId } from '../conversation.ts';

export const ratings = ['up', 'down'] as const;

/** What a customer thinks of an answer, or of a conversation where it names no message. */
export const feedbackSchema = z.object({
  feedback_id: z.guid(),
  conversation_id: conversationId,
  message_id: z.nullable(z.string()),
  rating: z.enum(ratings),
  comment: z.nullable(z.string()),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Feedback = z.output<typeof feedbackSchema>;
