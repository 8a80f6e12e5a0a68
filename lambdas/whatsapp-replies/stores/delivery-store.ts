import { isoTime } from '../../shared/clock.ts';
import { expr, joined } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import { expiresAt } from '../../shared/store/table.ts';
import type { MessageStatus } from '../messages.ts';
import { type ReplyReference, statusesBefore } from '../work/delivery.ts';
import { type ConversationsTable, keys } from './keys.ts';

export interface DeliveryReport {
  reference: ReplyReference;
  messageSid: string;
  status: MessageStatus;
  errorCode?: number;
}

export interface DeliveryStore {
  /**
   * Moves the message's status forward; `moved` is false when it is there or further already. A part that was sent
   * twice has two messages, of which the one that was recorded first counts: the other one is not `counted`.
   */
  report(report: DeliveryReport): Promise<{ moved: boolean; counted: boolean }>;
}

export function deliveryStore(table: ConversationsTable): DeliveryStore {
  const replies = new ItemStore<{ message_sid?: string }>(table, 'a delivery status');
  return {
    async report({ reference, messageSid, status, errorCode }) {
      const now = isoTime(table.clock.now());
      const expires = expiresAt(table.clock.now(), await table.retentionDays(reference.company_id));
      const isBefore = joined('OR', [
        expr`attribute_not_exists(status)`,
        ...statusesBefore(status).map((before) => expr`status = ${before}`),
      ]);
      const { written, item } = await replies.updateIf(
        keys.reply(reference, reference.message_key),
        {
          set: {
            status,
            message_sid: expr`if_not_exists(message_sid, ${messageSid})`,
            status_updated_at: now,
            [`${status}_at`]: now,
            expires_at: expr`if_not_exists(expires_at, ${expires})`,
            error_code: errorCode,
          },
          if: expr`(attribute_not_exists(message_sid) OR message_sid = ${messageSid}) AND ${isBefore}`,
          mine: ['message_sid'],
        },
      );
      return { moved: written, counted: item?.message_sid === messageSid };
    },
  };
}
