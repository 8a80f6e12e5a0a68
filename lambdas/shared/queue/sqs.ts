import type { BatchResultErrorEntry, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';

export type QueueClient = Pick<SQSClient, 'send'>;

/** The records of a batch by conversation, each group in the order of the queue. */
export function groupRecords<T>(items: T[], groupOf: (item: T) => string): T[][] {
  return [...Map.groupBy(items, groupOf).values()];
}

/** Tells Lambda which messages stay in the queue; all others are deleted. */
export const batchResponse = (failedIds: Iterable<string>): SQSBatchResponse => ({
  batchItemFailures: [...new Set(failedIds)].map((itemIdentifier) => ({ itemIdentifier })),
});

/** When a record was sent, in milliseconds; emulators may leave the attribute out. */
export const sentAt = (record: SQSRecord, now: number): number =>
  Number(record.attributes?.SentTimestamp) || now;

/**
 * A body without the characters that SQS and its emulators refuse, written as JSON escapes: in a JSON
 * text they stand within strings only, so that it says the same.
 */
export const sendableBody = (json: string): string =>
  json.replace(/[\ud800-\udfff\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

const maxAttributeChars = 1_000;

/** An attribute of a message with this text, cut short, and without what SQS refuses there. */
export const textAttribute = (text: string) => ({
  DataType: 'String',
  StringValue: text
    .slice(0, maxAttributeChars)
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'),
});

/**
 * For how long a message that was received may be hidden, in seconds. SQS allows twelve hours from the receive and
 * refuses what goes beyond them: what is left is more than the longest invocation may have had it by then.
 */
export const maxVisibilitySeconds = 42_000;

/** Why SQS refused entries of a batch. */
export const codesOf = (failed: BatchResultErrorEntry[]): string =>
  [...new Set(failed.map(({ Code: code }) => code))].join(', ');
