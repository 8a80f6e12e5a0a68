import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import { callFailed } from '../errors.ts';

/** A DynamoDB table and what its stores share. */
export interface Table {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  name: string;
  clock: Pick<Clock, 'now'>;
}

/** The key of an item, in every table. */
export interface Key {
  pk: string;
  sk: string;
}

export const conditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** Runs one DynamoDB call; its errors are transient unless they are a failed condition, which passes through. */
export async function storeCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (conditionFailed(error)) throw error;
    throw callFailed('store', `DynamoDB failed to ${what}.`, error);
  }
}

const secondsPerDay = 86_400;

/** The TTL attribute, in seconds since the epoch. */
export const expiresAt = (nowMs: number, retentionDays: number): number =>
  Math.floor(nowMs / 1000) + retentionDays * secondsPerDay;

/** DynamoDB deletes expired items days later; until then readers pass over them. */
export const isExpired = (item: object, nowMs: number): boolean =>
  'expires_at' in item && typeof item.expires_at === 'number' && item.expires_at <= nowMs / 1000;
