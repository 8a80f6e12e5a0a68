import type { SQSRecord } from 'aws-lambda';
import { isoTime } from '../shared/clock.ts';
import { asEngineError, discardWork, type EngineError } from '../shared/errors.ts';
import { sentAt } from '../shared/queue/sqs.ts';
import {
  fieldText,
  type ReplyQueueMessage,
  replyQueueMessage,
  whatsAppAddress,
} from './messages.ts';
import type { QueuedMessage } from './work/answer-group.ts';
import { readTwilioMessage } from './work/inbound.ts';

/** What reading a record needs of the consumer. */
interface Reader {
  /** The address that answers when a message does not say to which number it was written. */
  defaultBusinessNumber(): Promise<string>;
  now(): number;
}

/** A record of the queue, read: its message, or why there is none. */
export type Parsed =
  | { record: SQSRecord; ids: MessageIds; message: QueuedMessage }
  | { record: SQSRecord; ids: MessageIds; error: EngineError; group: string };

/** What a log line says of a message; empty where it cannot be read. */
type MessageIds = { company_id?: string; conversation_id?: string; message_sid?: string };

/** The conversation of a record: its messages keep their order. */
export const groupOf = (parsed: Parsed): string =>
  'message' in parsed ? conversationOf(parsed.message) : parsed.group;

const conversationOf = (message: { company_id: string; conversation_id: string }): string =>
  `${message.company_id}#${message.conversation_id}`;

/** Reads a record; one that cannot be read comes with the error that says so. */
export async function parseRecord(record: SQSRecord, consumer: Reader): Promise<Parsed> {
  const body = parseJson(record.body);
  const result = replyQueueMessage.safeParse(body);
  if (!result.success) {
    const faults =
      body === undefined ? 'it is not JSON' : result.error.issues.map(faultOf).join('; ');
    return {
      record,
      ids: {},
      group: record.attributes?.MessageGroupId ?? record.messageId,
      error: discardWork('malformed_message', `The queue message is malformed: ${faults}.`),
    };
  }
  const { company_id, conversation_id, twilio_message: fields } = result.data;
  const ids = { company_id, conversation_id, message_sid: messageSidOf(record, fields) };
  try {
    return { record, ids, message: await queuedMessage(record, result.data, consumer) };
  } catch (thrown) {
    return { record, ids, error: asEngineError(thrown), group: conversationOf(result.data) };
  }
}

const messageSidOf = (record: SQSRecord, fields: Readonly<Record<string, unknown>>): string =>
  fieldText(fields, 'MessageSid') || record.messageId;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const faultOf = (issue: { path: PropertyKey[]; code?: string }): string =>
  `${issue.path.map(String).join('.') || 'the message'} is missing or malformed`;

async function queuedMessage(
  record: SQSRecord,
  message: ReplyQueueMessage,
  consumer: Reader,
): Promise<QueuedMessage> {
  const { twilio_message: fields, company_id, project_id, conversation_id } = message;
  const receivedAt = message.received_at
    ? Date.parse(message.received_at)
    : sentAt(record, consumer.now());
  const { messageSid, from, to, content } = readTwilioMessage(fields);
  return {
    record_id: record.messageId,
    company_id,
    project_id,
    conversation_id,
    ...(message.thread_id && { thread_id: message.thread_id }),
    customer: whatsAppAddress(from),
    business_number: whatsAppAddress(to || (await consumer.defaultBusinessNumber())),
    inbound: {
      message_sid: messageSid || record.messageId,
      received_at: isoTime(receivedAt),
      ...content,
      ...(message.consent && { consent: message.consent }),
    },
  };
}
