import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { ReplyQueueMessage } from '../../lambdas/whatsapp-replies/messages.ts';
import { businessAddress, customerAddress } from './webhook.ts';

/** The parts of a queue message that a test speaks of; `fields` are Twilio's. */
export interface MessageParts extends Partial<Omit<ReplyQueueMessage, 'twilio_message'>> {
  fields?: Record<string, unknown>;
}

/** A message of the reply queue; an undefined field is left out. */
export const aQueueMessage = ({ fields, ...message }: MessageParts = {}): ReplyQueueMessage => ({
  twilio_message: {
    MessageSid: 'SM1',
    From: customerAddress,
    To: businessAddress,
    Body: 'Where is my order?',
    ...fields,
  },
  conversation_id: 'c_1',
  company_id: 'acme',
  project_id: 'shop',
  received_at: '2026-11-21T10:00:00.000Z',
  ...message,
});

/** A record as SQS hands it over; `groupId: null` leaves the attribute out, as an emulator does. */
export function aRecord(
  id: string,
  body: unknown,
  { groupId = 'c_1' }: { groupId?: string | null } = {},
): SQSRecord {
  const attributes: SQSRecord['attributes'] = {
    ApproximateReceiveCount: '1',
    SentTimestamp: String(Date.UTC(2026, 10, 21, 10)),
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: String(Date.UTC(2026, 10, 21, 10)),
    ...(groupId !== null && { MessageGroupId: groupId }),
  };
  return {
    messageId: id,
    receiptHandle: `receipt-of-${id}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes,
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:replies.fifo',
    awsRegion: 'us-east-1',
  };
}

export const anSqsEvent = (...records: SQSRecord[]): SQSEvent => ({ Records: records });
