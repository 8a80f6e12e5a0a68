import type * as z from 'zod/mini';
import {
  type EventPublisher,
  type FallbackQueue,
  publisher,
  withFallbackQueue,
} from '../events/publisher.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import { type Tenancy, tenancyOf } from '../tenancy/wiring.ts';
import { failFastEventsClient } from '../vendors/aws/clients.ts';
import type { conversationsEnvironment } from './environment.ts';
import { messageRetentionFeature } from './features.ts';
import type { ConversationLog } from './ports.ts';
import { conversationLog, type LogListener } from './stores/conversation-log.ts';
import type { ConversationsTable } from './stores/keys.ts';
import { failedEvent, messageEvent, startedEvent } from './work/events.ts';

type Environment = {
  [Name in keyof typeof conversationsEnvironment]: z.output<
    (typeof conversationsEnvironment)[Name]
  >;
} & { TENANTS_TABLE: string };

/** What a function has of conversations. */
export interface Conversations extends Tenancy {
  /** Publishes the events of all that is written through it. */
  log: ConversationLog;
  events: EventPublisher;
  /** The table of conversations, in whose partitions each layer keeps items of its own. */
  conversationsTable: ConversationsTable;
}

/** What the bus does not take goes by the fallback, so that customers do not wait for it. */
export function conversationsOf(
  parts: FunctionParts<Environment>,
  fallback: FallbackQueue,
): Conversations {
  const tenancy = tenancyOf(parts);
  const { env, log } = parts;
  const conversationsTable: ConversationsTable = {
    ...tenancy.tableOf(env.PLATFORM_CONVERSATIONS_TABLE),
    retentionDays: async (tenantId) =>
      (await messageRetentionFeature.read(tenancy.tenants, tenantId, log))?.days ??
      env.RETENTION_DAYS,
  };
  const bus = publisher({ client: failFastEventsClient(), busName: env.EVENT_BUS_NAME });
  const events = withFallbackQueue(bus, fallback, log);
  return {
    ...tenancy,
    conversationsTable,
    events,
    log: conversationLog(conversationsTable, published(events)),
  };
}

/** Publishes what is written: what is not published yet is written again by whoever wrote it. */
export const published = (events: EventPublisher): LogListener => ({
  opened: (conversation) => events.publish(startedEvent(conversation)),
  async written(conversation, messages) {
    const all = messages.map((message) => messageEvent(conversation, message));
    await Promise.all(all.map((event) => events.publish(event)));
  },
  undelivered: (conversation, message) => events.publish(failedEvent(conversation, message)),
});
