import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Turn, TurnEvent } from '../../lambdas/agents/ports.ts';
import type {
  ConversationKey,
  FileReference,
  Message,
} from '../../lambdas/conversations/conversation.ts';
import { handoverFeature } from '../../lambdas/conversations/features.ts';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { features, type WebChatFeature } from '../../lambdas/web-chat/features.ts';
import { handoverBy } from '../../lambdas/web-chat/handover.ts';
import { preparedFor } from '../../lambdas/web-chat/prepared.ts';
import { chatClaims } from '../../lambdas/web-chat/stores/chat-claims.ts';
import { participants } from '../../lambdas/web-chat/stores/participants.ts';
import { visitLimits } from '../../lambdas/web-chat/stores/visit-limits.ts';
import { webChatApp } from '../../lambdas/web-chat/web-chat-api.ts';
import { type Calling, calling } from '../support/calling.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

export const visitorKey = 'a-key-of-this-deployment-'.repeat(3);
export const shop = 'https://shop.example';
export const widget = 'https://widget.example';

export const aChat = (fields: Record<string, unknown> = {}): WebChatFeature =>
  features.webchat.parse({ allowed_origins: [shop], ...fields });

/** Turns that begin one for each message, and say what a test has them say. */
export function someTurns() {
  const begun: (Turn & { asked: number })[] = [];
  const world = {
    begun,
    /** Whether another turn runs. */
    isBusy: false,
    script: [] as TurnEvent[],
    async begin(key: ConversationKey, through_sequence: number): Promise<Turn | undefined> {
      if (world.isBusy) return undefined;
      const known = begun.find(
        (one) =>
          one.conversation_id === key.conversation_id && one.through_sequence >= through_sequence,
      );
      if (known) {
        known.asked += 1;
        return known;
      }
      const turn = {
        ...key,
        turn_id: `turn_${begun.length + 1}`,
        state: 'running' as const,
        through_sequence,
        lease_until: 0,
        attempts: 0,
        stop_requested: false,
        created_at: '2026-11-21T10:00:00.000Z',
        asked: 1,
      };
      begun.push(turn);
      return turn;
    },
    covering: async (key: ConversationKey, sequence: number) =>
      world.isBusy ? undefined : world.begin(key, sequence),
    events: async (_key: ConversationKey, _turnId: string, after: number) =>
      world.script.filter(({ sequence }) => sequence > after),
  };
  return world;
}

let tenants = 0;

/** The routes of visitors on a store, each test's for a company of its own, held against the OpenAPI document. */
export function chats() {
  let table: TestTable;
  beforeAll(async () => {
    table = await startTestTable();
  });
  afterAll(() => table.close());

  return (chat: WebChatFeature | undefined = aChat()) => {
    tenants += 1;
    const tenant = `shop-${tenants}`;
    const turns = someTurns();
    const started: string[] = [];
    const files = new Map<string, FileReference>();
    const conversations = conversationLog(table, {
      opened: async ({ conversation_id }) => void started.push(conversation_id),
      written: async () => undefined,
      undelivered: async () => undefined,
    });
    const world = {
      tenant,
      chat: chat as WebChatFeature | undefined,
      table,
      turns,
      started,
      files,
      conversations,
      app: undefined as unknown as ReturnType<typeof webChatApp>,
      clock: table.clock,
      handover: handoverFeature.parse({ keywords: ['human'] }),
      /** By a page of the company, with its public client id. */
      ask: (method: string, path: string, more: Calling = {}) =>
        send(method, path, {
          role: 'Visitor',
          scopes: ['api:read', 'conversations:start', 'leads:create'],
          principal: 'visitor:abcdefghijkl',
          ...more,
          headers: { origin: shop, ...more.headers },
        }),
      /** By a visitor's token. */
      askAs: (participantId: string, method: string, path: string, more: Calling = {}) =>
        send(method, path, {
          role: 'Participant',
          scopes: ['api:read', 'conversations:start', 'conversations:visit'],
          principal: `visitor:${participantId}`,
          ...more,
        }),
      /** By a program of the company. */
      askAsStaff: (method: string, path: string, more: Calling = {}) =>
        send(method, path, {
          scopes: ['conversations:start', 'conversations:visit', 'configuration:write'],
          ...more,
        }),
      async begin(body: Record<string, unknown> = {}, more: Calling = {}): Promise<Opened> {
        return dataOf(await world.ask('POST', '/conversations/initiate', { body, ...more }));
      },
    };
    const app = webChatApp({
      usage: { tryAcquireRequest: async () => ({ acquired: true }) },
      clock: table.clock,
      log: recordedLog(),
      meter: recordedMeter(),
      ...preparedFor(table),
      conversations,
      turns,
      handover: handoverBy(conversations, async () => world.handover, table.clock),
      files: {
        references: async (_key, ids) => {
          const found = ids.flatMap((id) => files.get(id) ?? []);
          return found.length === ids.length ? found : undefined;
        },
      },
      chatOf: async () => world.chat,
      claims: chatClaims(table),
      participants: participants(table),
      limits: visitLimits(table),
      visitorKey: async () => visitorKey,
      widgetOrigin: widget,
      streamingUrl: 'https://streams.example',
      newId: randomUUID,
    });
    world.app = app;
    const send = async (method: string, path: string, more: Calling) =>
      documented(method, path, await calling(app, method, path, { tenant, ...more }));
    return world;
  };
}
export type ChatWorld = ReturnType<ReturnType<typeof chats>>;

export interface Opened {
  conversation_id: string;
  channel_id: string;
  participant_id: string;
  token: string;
  token_expires_at: string;
  last_sequence: number;
  config: Record<string, unknown>;
}

export const dataOf = async <T>(response: Response): Promise<T> => {
  const { success, data } = (await response.json()) as { success: boolean; data: T };
  if (!success) throw new Error(`Expected a success, got ${response.status}.`);
  return data;
};

export const headingOf = async (response: Response): Promise<string> => {
  const { type = '' } = (await response.json()) as { type?: string };
  return `${response.status} ${type.replace('urn:replies-engine:error:', '')}`;
};

/** What a message that was taken in is answered with. */
export interface Taken {
  message: Message;
  turn_id?: string;
}

/** A visitor writes in a conversation. */
export const write = (
  world: ChatWorld,
  { participant_id, conversation_id }: { participant_id: string; conversation_id: string },
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
) =>
  world.askAs(participant_id, 'POST', '/visitor/v1/webchat/message', {
    body: { conversation_id, message: 'Hello', ...body },
    headers,
  });

/** All messages of a conversation. */
export const logOf = (world: ChatWorld, { conversation_id }: { conversation_id: string }) =>
  world.conversations.messages(
    { tenant_id: world.tenant, conversation_id },
    { after: 0, limit: 100 },
  );
