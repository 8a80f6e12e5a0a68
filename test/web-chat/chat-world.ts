import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Turn, TurnEvent } from '../../lambdas/agents/ports.ts';
import type {
  Conversation,
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
import { streamLimit } from '../../lambdas/web-chat/stores/stream-limit.ts';
import { visitLimits } from '../../lambdas/web-chat/stores/visit-limits.ts';
import { webChatApp } from '../../lambdas/web-chat/web-chat-api.ts';
import { type Calling, calling } from '../support/calling.ts';
import { TestProcess } from '../support/crash.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

export const visitorKey = 'a-key-of-this-deployment-'.repeat(3);
export const shop = 'https://shop.example';
export const widget = 'https://widget.example';

export const aChat = (fields: Record<string, unknown> = {}): WebChatFeature =>
  features.webchat.parse({ allowed_origins: [shop], ...fields });

/** Turns that begin one for each message, and say what a test has them say. */
function someTurns() {
  const begun: (Turn & { asked: number })[] = [];
  const world = {
    begun,
    /** Whether another turn runs. */
    isBusy: false,
    script: [] as TurnEvent[],
    /** The messages of which the queue knew before they were written. */
    expected: [] as string[],
    expect: async (_: ConversationKey, { message_id }: { message_id: string }) =>
      void world.expected.push(message_id),
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

/** Who asks, and by which process it is handled. */
type Asking = Calling & { process?: TestProcess };

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
    const published: string[] = [];
    const listener = {
      opened: async ({ conversation_id }: Conversation) => void started.push(conversation_id),
      written: async (_: Conversation, messages: readonly Message[]) =>
        void published.push(...messages.map(({ message_id }) => message_id)),
      undelivered: async () => undefined,
    };
    const conversations = conversationLog(table, listener);
    const world = {
      tenant,
      chat: chat as WebChatFeature | undefined,
      table,
      turns,
      started,
      /** The messages of which the company was told. */
      published,
      files,
      conversations,
      clock: table.clock,
      handover: handoverFeature.parse({ keywords: ['human'] }),
      /** By a page of the company, with its public client id. */
      ask: (method: string, path: string, more: Asking = {}) =>
        send(method, path, {
          role: 'Visitor',
          scopes: ['api:read', 'conversations:start', 'leads:create'],
          principal: 'visitor:abcdefghijkl',
          ...more,
          headers: { origin: shop, ...more.headers },
        }),
      /** By a visitor's token. */
      askAs: (participantId: string, method: string, path: string, more: Asking = {}) =>
        send(method, path, {
          role: 'Participant',
          scopes: ['api:read', 'conversations:start', 'conversations:visit'],
          principal: `visitor:${participantId}`,
          ...more,
        }),
      /** By a program of the company. */
      askAsStaff: (method: string, path: string, more: Asking = {}) =>
        send(method, path, {
          scopes: ['conversations:start', 'conversations:visit', 'configuration:write'],
          ...more,
        }),
      async begin(body: Record<string, unknown> = {}, more: Asking = {}): Promise<Opened> {
        return dataOf(await world.ask('POST', '/conversations/initiate', { body, ...more }));
      },
    };
    /** The routes as a process has them. */
    const appOf = (process: TestProcess) => {
      const own = process.client(table);
      const log = conversationLog(own, process.port(listener));
      return webChatApp({
        usage: { tryAcquireRequest: async () => ({ acquired: true }) },
        clock: table.clock,
        log: recordedLog(),
        meter: recordedMeter(),
        ...preparedFor(own),
        conversations: log,
        turns: process.port(turns),
        handover: handoverBy(log, async () => world.handover, table.clock),
        files: {
          references: async (_key, ids) => {
            const found = ids.flatMap((id) => files.get(id) ?? []);
            return found.length === ids.length ? found : undefined;
          },
        },
        chatOf: async () => world.chat,
        claims: chatClaims(own),
        participants: participants({ ...own, retentionDays: table.retentionDays }),
        limits: visitLimits(own),
        tryOpen: streamLimit(own),
        visitorKey: async () => visitorKey,
        widgetOrigin: widget,
        streamingUrl: 'https://streams.example',
        newId: randomUUID,
      });
    };
    const send = async (method: string, path: string, { process, ...more }: Asking) => {
      const app = appOf(process ?? new TestProcess());
      const asked = calling(app, method, path, { tenant, ...more });
      // A process that has died answers nothing, as a gateway does in its place.
      const answer = process ? await process.outcome(asked) : await asked;
      return answer ? documented(method, path, answer) : new Response(null, { status: 504 });
    };
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
  more: Asking = {},
) =>
  world.askAs(participant_id, 'POST', '/visitor/v1/webchat/message', {
    body: { conversation_id, message: 'Hello', ...body },
    ...more,
  });

/** All messages of a conversation. */
export const logOf = (world: ChatWorld, { conversation_id }: { conversation_id: string }) =>
  world.conversations.messages(
    { tenant_id: world.tenant, conversation_id },
    { after: 0, limit: 100 },
  );
