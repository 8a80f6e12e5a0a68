import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../runtime/clock.ts';
import { EngineError, retryLater } from '../../runtime/errors.ts';

/** The conversations table and what its adapters share. */
export interface Table {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  name: string;
  clock: Pick<Clock, 'now'>;
  retentionDays: number;
}

export const conditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** Runs one DynamoDB call; its errors are transient unless they are a failed condition, which passes through. */
export async function storeCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof EngineError || conditionFailed(error)) throw error;
    throw retryLater('store', `The conversations table failed to ${what}.`, { cause: error });
  }
}
