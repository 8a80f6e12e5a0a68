import type * as z from 'zod/mini';
import type { FunctionParts } from '../shared/lambda.ts';
import { type Tenancy, tenancyOf } from '../tenancy/wiring.ts';
import type { conversationsEnvironment } from './environment.ts';
import { messageRetentionFeature } from './features.ts';
import type { ConversationLog } from './ports.ts';
import { conversationLog } from './stores/conversation-log.ts';
import type { ConversationsTable } from './stores/keys.ts';

type Environment = {
  [Name in keyof typeof conversationsEnvironment]: z.output<
    (typeof conversationsEnvironment)[Name]
  >;
} & { TENANTS_TABLE: string };

/** What a function has of conversations. */
export interface Conversations extends Tenancy {
  log: ConversationLog;
  /** The table of conversations, in whose partitions each layer keeps items of its own. */
  conversationsTable: ConversationsTable;
}

export function conversationsOf(parts: FunctionParts<Environment>): Conversations {
  const tenancy = tenancyOf(parts);
  const { env, log } = parts;
  const conversationsTable: ConversationsTable = {
    ...tenancy.tableOf(env.PLATFORM_CONVERSATIONS_TABLE),
    retentionDays: async (tenantId) =>
      (await messageRetentionFeature.read(tenancy.tenants, tenantId, log))?.days ??
      env.RETENTION_DAYS,
  };
  return { ...tenancy, conversationsTable, log: conversationLog(conversationsTable) };
}
