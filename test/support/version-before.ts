import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Engine } from '../../local/engine.ts';
import { Documents } from '../../local/simulators/documents.ts';
import { startTestEngine } from './engine.ts';
import { startReceiver } from './receiver.ts';

/** What a test must know of the data, beside them. */
export interface Known {
  /** The moment at which they are to be read: what was under way continues a little later. */
  read_at: string;
  receiver: string;
  generated_secrets: Record<string, string>;
  /** The vendor's thread of the customer at the desk, and the messages that one customer wrote at the same time. */
  conversations: { thread: string; together: string[] };
  keys: Record<'admin' | 'revoked' | 'client' | 'borealis' | 'suspended', string>;
  lead: { id: string; idempotency_key: string; insights: object[] };
  waiting_lead: string;
  runs: Record<'ended' | 'inTime' | 'stopped' | 'waiting', string>;
}

/** A message of a queue; of a FIFO queue with its group. */
export interface StoredMessage {
  queue: string;
  body: unknown;
  attributes: Record<string, MessageAttributeValue>;
  group?: string;
  deduplication?: string;
  /** Epoch ms. */
  delayed_until?: number;
}

/** What the version before has answered to GET. */
export interface StoredAnswer {
  key: 'admin' | 'borealis';
  path: string;
  body: object;
}

/** What a simulated vendor remembers. */
export interface StoredDocument {
  vendor: string;
  collection: string;
  id: string;
  parent: string;
  body: unknown;
}

const folder = path.resolve(import.meta.dirname, '../fixtures/version-before');
const linesOf = (name: string): string =>
  readFileSync(path.join(folder, `${name}.jsonl`), 'utf8').trim();

const tables = [
  'CONVERSATIONS_TABLE',
  'EMAIL_RUNS_TABLE',
  'LEADS_TABLE',
  'TENANTS_TABLE',
  'WEBHOOKS_TABLE',
];

/**
 * Where a table or a queue of the version before is now. They are called by the variables that lead the functions to
 * them: whoever renames one leads its old name to the new one here.
 */
export const placesOf = ({ cloud }: Pick<Engine, 'cloud'>): Map<string, string> =>
  new Map(
    cloud.deployed
      .flatMap(({ definition }) => Object.entries(definition.environment))
      .filter(([name]) => /_(TABLE|QUEUE_URL|DLQ_URL)$/.test(name)),
  );

/** A value as a line of JSON; DynamoDB's sets are told apart from lists. */
export const asText = (item: unknown): string =>
  JSON.stringify(item, (_, value) => (value instanceof Set ? { set: [...value] } : value));

const fromText = (text: string) =>
  JSON.parse(text, (_, value) => (Array.isArray(value?.set) ? new Set(value.set) : value));

const dayMs = 86_400_000;

/** Moves all points in time by as much: days, ISO times, and numbers that are seconds or milliseconds of these years. */
function moved(text: string, fromMs: number, toMs: number): string {
  const by = toMs - fromMs;
  const days = Math.floor(toMs / dayMs) - Math.floor(fromMs / dayMs);
  const iso = (ms: number, like: string) =>
    like.includes('.') ? new Date(ms).toISOString() : `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return text
    .replace(/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?(?![\w-])/g, (at, time) =>
      time
        ? iso(Date.parse(at) + by, at)
        : new Date(Date.parse(at) + days * dayMs).toISOString().slice(0, 10),
    )
    .replace(/(?<=[:,[])1[789]\d{8}(\d{3}(\.\d+)?)?(?=[,}\]])/g, (at) =>
      String(Number(at) + (at.length === 10 ? Math.floor(by / 1000) : by)),
    );
}

/** The local cloud of this version with all that the version before has left, as if it had been stopped a minute ago. */
export async function startWithDataOfVersionBefore() {
  const { read_at } = JSON.parse(linesOf('known')) as Known;
  const [then, now] = [Date.parse(read_at), Date.now()];
  const known = JSON.parse(moved(linesOf('known'), then, now)) as Known;
  const receiver = await startReceiver();
  const read = <T>(name: string): T[] =>
    moved(linesOf(name), then, now)
      .replaceAll(known.receiver, receiver.url)
      .split('\n')
      .map(fromText);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'version-before-'));
  writeVendors(dataDir, read<StoredDocument>('vendors'));
  writeSecrets(dataDir, known.generated_secrets);
  const engine = await startTestEngine({ keep: true, environment: { DATA_DIR: dataDir } });
  for (const name of tables) await putItems(engine, name, read<Record<string, unknown>>(name));
  for (const message of read<StoredMessage>('messages')) await send(engine, message);
  return {
    known,
    receiver,
    engine,
    answers: read<StoredAnswer>('answers'),
    async stop() {
      await engine.stop();
      await receiver.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function writeVendors(dataDir: string, stored: StoredDocument[]): void {
  for (const [vendor, documents] of Map.groupBy(stored, (one) => one.vendor)) {
    const kept = new Documents(path.join(dataDir, 'vendors', `${vendor}.sqlite`));
    for (const { collection, id, body, parent } of documents) {
      kept.put(collection, id, body, parent);
    }
    kept.close();
  }
}

function writeSecrets(dataDir: string, secrets: Known['generated_secrets']): void {
  mkdirSync(path.join(dataDir, 'secrets'));
  writeFileSync(path.join(dataDir, 'secrets/generated.json'), JSON.stringify(secrets));
}

function placeOf(engine: Engine, name: string): string {
  const place = placesOf(engine).get(name);
  if (!place) throw new Error(`Expected a function that is led to a place by ${name}.`);
  return place;
}

async function putItems(
  engine: Engine,
  name: string,
  items: Record<string, unknown>[],
): Promise<void> {
  const client = DynamoDBDocumentClient.from(engine.cloud.services.tables.client);
  const TableName = placeOf(engine, name);
  await Promise.all(items.map((Item) => client.send(new PutCommand({ TableName, Item }))));
}

const send = (engine: Engine, message: StoredMessage) =>
  engine.cloud.services.queues.client.send(
    new SendMessageCommand({
      QueueUrl: placeOf(engine, message.queue),
      MessageBody: JSON.stringify(message.body),
      MessageAttributes: message.attributes,
      ...(message.group !== undefined && { MessageGroupId: message.group }),
      ...(message.deduplication !== undefined && {
        MessageDeduplicationId: message.deduplication,
      }),
      ...(message.delayed_until !== undefined && {
        DelaySeconds: Math.max(0, Math.ceil((message.delayed_until - Date.now()) / 1000)),
      }),
    }),
  );
