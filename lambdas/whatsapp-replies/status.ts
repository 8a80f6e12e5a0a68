import type { Hono } from 'hono';
import type { ConversationLog } from '../conversations/ports.ts';
import { httpApp, problemResponse } from '../shared/http/problem.ts';
import { fieldText } from './messages.ts';
import { paths } from './routes.ts';
import type { DeliveryReport, DeliveryStore } from './stores/delivery-store.ts';
import { bounded, malformedFields, type SignedWebhook, signedForm } from './twilio-webhook.ts';
import {
  decodeReference,
  deliveryOf,
  isFailure,
  isMessageStatus,
  messageOf,
  referenceParameter,
} from './work/delivery.ts';
import { readTwilioMessage } from './work/inbound.ts';

export interface StatusPorts extends SignedWebhook {
  deliveries: DeliveryStore;
  conversations: Pick<ConversationLog, 'recordDelivery'>;
}

/** The webhook for Twilio's status callbacks: moves the delivery status of a sent message forward. */
export function statusApp(ports: StatusPorts): Hono {
  const app = httpApp(ports.log);
  app.post(paths.status, bounded(), async (c) => {
    const fields = await signedForm(c, ports);
    if (fields instanceof Response) return fields;
    const { messageSid, from: From, to: To } = readTwilioMessage(fields);
    const status = fieldText(fields, 'MessageStatus');
    const reference = decodeReference(c.req.query(referenceParameter) ?? '');
    if (!messageSid || !reference || !isMessageStatus(status)) {
      return problemResponse(c, {
        type: 'fields-missing',
        title: 'Fields are missing',
        status: 400,
        detail: `Expected MessageSid, a known MessageStatus and the ${referenceParameter} parameter of our own callback URL.`,
      });
    }
    const malformed = malformedFields(c, { MessageSid: messageSid, From, To });
    if (malformed) return malformed;
    // Twilio's have five digits; more than these could not be stored as a number.
    const [code] = /^\d{1,9}$/.exec(fieldText(fields, 'ErrorCode')) ?? [];
    const errorCode = Number(code) || undefined;
    const report = { reference, messageSid, status, ...(errorCode !== undefined && { errorCode }) };
    const { moved, counted } = await ports.deliveries.report(report);
    // Also where it has not moved: that request may have died before it told the conversation.
    if (counted) await recordInConversation(report, ports);
    if (moved && isFailure(status)) {
      ports.meter.count('MessagesUndelivered');
      ports.log.warn('A reply was not delivered.', {
        company_id: reference.company_id,
        conversation_id: reference.conversation_id,
        message_sid: messageSid,
        status,
        error_code: errorCode,
      });
    }
    return c.body(null, 204);
  });
  return app;
}

/** Records in the conversation what became of a message: of several parts, that the last one arrived, or any failed. */
async function recordInConversation(
  { reference, status, errorCode }: DeliveryReport,
  { conversations }: StatusPorts,
): Promise<void> {
  const delivery = deliveryOf(status);
  const { message_id, isLast } = messageOf(reference.message_key);
  if (!delivery || !(isLast || delivery === 'failed')) return;
  const { company_id: tenant_id, conversation_id } = reference;
  await conversations.recordDelivery({ tenant_id, conversation_id }, message_id, {
    status: delivery,
    ...(errorCode !== undefined && { error_code: errorCode }),
  });
}
