import type { Caller } from '../tenancy/caller.ts';
import type { Conversation, Message } from './conversation.ts';

type Visitor = Pick<Caller, 'role' | 'principal'>;

/** A participant visits conversations of their own; people and programs of the company, all of them. */
export const mayVisit = (
  { role, principal }: Visitor,
  { participant_id }: Pick<Conversation, 'participant_id'>,
): boolean => role !== 'Participant' || principal === `visitor:${participant_id}`;

/** A message as a caller sees it: a participant does not learn by which key or login a person of the company has written. */
export function shownTo({ role, principal }: Visitor, message: Message): Message {
  const { author } = message;
  const isKnown = author.id === principal || author.id.startsWith('agent:');
  if (role !== 'Participant' || isKnown) return message;
  return { ...message, author: { ...author, id: 'person' } };
}
