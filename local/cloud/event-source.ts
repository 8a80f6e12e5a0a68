import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { LocalFunction } from './function.ts';
import { localRegion } from './template.ts';

export interface EventSourceDefinition {
  queueUrl: string;
  queueArn: string;
  batchSize: number;
  reportsBatchItemFailures: boolean;
  /** Maximum of concurrent invocations. */
  concurrency: number;
}

const receiveWaitSeconds = 20;

/**
 * An SQS event source mapping: polls, invokes, and deletes the messages that were not reported as failed.
 * After a failed invocation or a malformed report, all messages wait for their visibility timeout, as on AWS.
 */
export class EventSource {
  readonly #definition: EventSourceDefinition;
  readonly #client: SQSClient;
  readonly #target: LocalFunction;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Message>();
  readonly #loops: Promise<void>[];

  constructor(definition: EventSourceDefinition, client: SQSClient, target: LocalFunction) {
    this.#definition = definition;
    this.#client = client;
    this.#target = target;
    this.#loops = Array.from({ length: definition.concurrency }, () => this.#poll());
  }

  /** Receives no more messages. */
  stopPolling(): void {
    this.#stopping.abort();
  }

  /** Makes unfinished messages visible again at once; to be called after the functions have stopped. */
  async giveBack(): Promise<void> {
    this.stopPolling();
    await Promise.all(this.#loops);
    const { queueUrl } = this.#definition;
    for (const { ReceiptHandle } of this.#inFlight) {
      const back = { QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 };
      await this.#client.send(new ChangeMessageVisibilityCommand(back)).catch(() => undefined);
    }
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const messages = await this.#receive(signal);
        if (messages.length > 0) await this.#handle(messages);
      } catch (error) {
        if (signal.aborted) return;
        console.error(`Polling ${this.#definition.queueUrl} failed and goes on:`, error);
        await sleep(1_000);
      }
    }
  }

  async #receive(abortSignal: AbortSignal): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#definition.queueUrl,
      MaxNumberOfMessages: Math.min(10, this.#definition.batchSize),
      WaitTimeSeconds: receiveWaitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    try {
      const { Messages: messages = [] } = await this.#client.send(command, { abortSignal });
      return messages;
    } catch (error) {
      if (abortSignal.aborted) return [];
      throw error;
    }
  }

  async #handle(messages: Message[]): Promise<void> {
    for (const message of messages) this.#inFlight.add(message);
    const failed = await this.#invoke(messages);
    if (failed === 'stopped') return;
    const done = messages.filter(({ MessageId }) => !failed.has(String(MessageId)));
    for (const message of messages) this.#inFlight.delete(message);
    if (done.length === 0) return;
    await this.#client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#definition.queueUrl,
        Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
  }

  async #invoke(messages: Message[]): Promise<Set<string> | 'stopped'> {
    const all = new Set(messages.map(({ MessageId }) => String(MessageId)));
    try {
      const event = { Records: messages.map((message) => recordOf(message, this.#definition)) };
      const response = (await this.#target.invoke(event)) as SQSBatchResponse | null;
      if (!this.#definition.reportsBatchItemFailures) return new Set();
      const failed = (response?.batchItemFailures ?? []).map((item) => item.itemIdentifier);
      return failed.every((id) => all.has(id)) ? new Set(failed) : all;
    } catch {
      // The function's own log says why.
      return this.#stopping.signal.aborted ? 'stopped' : all;
    }
  }
}

const recordOf = (message: Message, definition: EventSourceDefinition): SQSRecord => ({
  messageId: String(message.MessageId),
  receiptHandle: String(message.ReceiptHandle),
  body: String(message.Body),
  attributes: message.Attributes as unknown as SQSRecord['attributes'],
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      { dataType: String(value.DataType), stringValue: value.StringValue ?? '' },
    ]),
  ) as SQSRecord['messageAttributes'],
  md5OfBody: String(message.MD5OfBody),
  eventSource: 'aws:sqs',
  eventSourceARN: definition.queueArn,
  awsRegion: localRegion,
});
