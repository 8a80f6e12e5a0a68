import {
  DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { type Engine, type EngineOptions, startEngine } from '../../local/engine.ts';
import { readLocalSettings } from '../../local/settings.ts';

/** The whole product in memory on a free port, with fast simulated vendors; `lines` are the functions' logs. */
export interface TestEngine extends Engine {
  lines: string[];
}

export async function startTestEngine(
  options: Partial<Pick<EngineOptions, 'openai' | 'twilio' | 'keep' | 'sink'>> & {
    environment?: Record<string, string>;
  } = {},
): Promise<TestEngine> {
  const lines: string[] = [];
  const engine = await startEngine({
    settings: readLocalSettings({ PORT: '0', ...options.environment }),
    keep: options.keep ?? false,
    sink: (name, line) => {
      lines.push(line);
      options.sink?.(name, line);
    },
    openai: { runMs: () => 200, ...options.openai },
    twilio: { deliveryMs: 10, ...options.twilio },
  });
  return { ...engine, lines };
}

const businessNumber = 'whatsapp:+14155238886';

/** A customer of the demo channel, or of another one; each test's own. */
export function aCustomer(engine: Engine, number: string, to = businessNumber) {
  const { twilio } = engine;
  if (!twilio) throw new Error('Expected the simulated Twilio, got a real one.');
  const from = `whatsapp:${number}`;
  const received = () => twilio.sentTo(from).map(({ body }) => body);
  return {
    from,
    writes: (body: string, more: object = {}) => twilio.customerWrites({ from, to, body, ...more }),
    received,
    /** Waits until that many messages have come, and returns them. */
    async hears(count: number, timeoutMs = 30_000): Promise<string[]> {
      await vi.waitFor(() => expect(received().length).toBeGreaterThanOrEqual(count), {
        timeout: timeoutMs,
        interval: 25,
      });
      return received();
    },
  };
}

/** The runs of the model that were asked for with these words. */
export const runsWith = ({ openai }: Engine, words: string) =>
  (openai?.calls ?? []).filter(
    ({ operation, body }) =>
      operation === 'responses.create' && JSON.stringify(body).includes(words),
  );

/** Waits until the queue holds nothing, waiting or in flight. */
export async function queueIsEmpty(engine: Engine, timeoutMs = 30_000): Promise<void> {
  await vi.waitFor(async () => expect(await messagesIn(engine, inbox)).toBe(0), {
    timeout: timeoutMs,
    interval: 50,
  });
}

const inbox = 'replies-engine-whatsapp-replies-local.fifo';
export const deadLetters = 'replies-engine-whatsapp-replies-dlq-local.fifo';

export async function messagesIn(engine: Engine, queue: string): Promise<number> {
  const { queues } = engine.cloud.services;
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const { Attributes: attributes } = await queues.client.send(
    new GetQueueAttributesCommand({
      QueueUrl: `${queues.endpoint}/000000000000/${queue}`,
      AttributeNames: ['All'],
    }),
  );
  return (
    Number(attributes?.['ApproximateNumberOfMessages']) +
    Number(attributes?.['ApproximateNumberOfMessagesNotVisible'])
  );
}

type Item = Record<string, unknown>;

/** All items of a conversation, by the id that the logs name. */
export async function conversationItems(
  engine: Engine,
  conversationId: string,
  company = 'demo',
): Promise<Item[]> {
  const client = DynamoDBDocumentClient.from(engine.cloud.services.tables.client);
  const items: Item[] = [];
  let from: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName: engine.cloud.outputs['ConversationsTable'],
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `COMPANY#${company}#CONVERSATION#${conversationId}` },
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}

/** The log entries that name a message. */
export const logsOf = (engine: TestEngine, messageSid: string): Item[] =>
  engine.lines
    .filter((line) => line.startsWith('{') && line.includes(messageSid))
    .map((line) => JSON.parse(line) as Item);

/** What is said in a conversation. */
export function logOf(engine: Engine, conversation_id: string, tenant_id = 'demo') {
  const log = conversationLog({
    client: DynamoDBDocumentClient.from(engine.cloud.services.tables.client),
    name: String(engine.cloud.outputs['PlatformConversationsTable']),
    clock: systemClock,
    retentionDays: async () => 90,
  });
  const key = { tenant_id, conversation_id };
  return {
    find: () => log.find(key),
    latest: (limit: number) => log.latest(key, limit),
  };
}
