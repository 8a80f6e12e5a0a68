import { type MessageStatus, messageStatuses } from '../messages.ts';

/**
 * How far a status is along the way; callbacks come repeated and in any order, and only a higher
 * rank replaces a lower one. Delivered and read outrank the failures: they prove the message arrived.
 */
const ranks: Record<MessageStatus, number> = {
  accepted: 1,
  scheduled: 1,
  queued: 2,
  sending: 3,
  sent: 4,
  canceled: 5,
  failed: 5,
  undelivered: 5,
  delivered: 6,
  read: 7,
};

export const statusRank = (status: MessageStatus): number => ranks[status];

export const isMessageStatus = (text: string): text is MessageStatus =>
  (messageStatuses as readonly string[]).includes(text);

/** The statuses that a message may have before it gets this one. */
export const statusesBefore = (status: MessageStatus): MessageStatus[] =>
  messageStatuses.filter((other) => ranks[other] < ranks[status]);

export const isFailure = (status: MessageStatus): boolean => ranks[status] === 5;
