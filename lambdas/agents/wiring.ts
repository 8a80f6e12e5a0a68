import type * as z from 'zod/mini';
import type { conversationsEnvironment } from '../conversations/environment.ts';
import { fileBytesOf } from '../conversations/file-content.ts';
import { type Conversations, conversationsOf } from '../conversations/wiring.ts';
import { systemClock } from '../shared/clock.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import { errorForLog, withIds } from '../shared/log.ts';
import { enqueue } from '../shared/queue/enqueue.ts';
import { objectsClient, queueClient } from '../vendors/aws/clients.ts';
import { objectStore } from '../vendors/aws/objects.ts';
import { openAiOf } from '../vendors/openai/client.ts';
import type { turnQueueEnvironment, turnsEnvironment } from './environment.ts';
import { defaultMaxOutputTokens } from './features.ts';
import type { TurnQueue } from './messages.ts';
import type { RunTurn, Turns } from './ports.ts';
import { eventLog } from './stores/event-log.ts';
import { turnLimit } from './stores/turn-limit.ts';
import { turnStore } from './stores/turn-store.ts';
import { agentDirectory } from './vendors/agent-directory.ts';
import { runTurn } from './work/run-turn.ts';
import { turnsOf } from './work/turns.ts';

type Of<Variables extends z.core.$ZodLooseShape> = z.output<z.ZodMiniObject<Variables>>;
type QueueEnvironment = Of<typeof conversationsEnvironment> &
  Of<typeof turnQueueEnvironment> & { TENANTS_TABLE: string };
type Environment = QueueEnvironment & Of<typeof turnsEnvironment>;

/** What a function has that lets messages be answered, and reads their turns. */
export interface TurnAccess extends Conversations {
  turns: Turns;
  queue: TurnQueue;
}

export function turnsIn(parts: FunctionParts<QueueEnvironment>): TurnAccess {
  const conversations = conversationsOf(parts);
  const { conversationsTable: table } = conversations;
  const client = queueClient();
  const queue: TurnQueue = {
    put: (message, delaySeconds) =>
      enqueue(client, parts.env.TURN_QUEUE_URL, {
        body: message,
        groupId: message.tenant_id,
        delaySeconds,
      }),
  };
  const ports = { turns: turnStore(table), events: eventLog(table), queue, clock: systemClock };
  return { ...conversations, queue, turns: turnsOf(ports) };
}

/** What a function has that runs turns itself. */
export function agentsIn(parts: FunctionParts<Environment>): TurnAccess & { runTurn: RunTurn } {
  const { env, log, meter } = parts;
  const access = turnsIn(parts);
  const { conversationsTable: table, log: conversations, tenants, usage, queue } = access;
  const { openAi, onUsage } = openAiOf(env, meter);
  const objects = objectStore({ client: objectsClient(), bucket: env.FILES_BUCKET });
  const run = runTurn({
    turns: turnStore(table),
    events: eventLog(table),
    conversations,
    queue,
    agentFor: agentDirectory(tenants, openAi, {
      runMaxWaitSeconds: env.RUN_MAX_WAIT_SECONDS,
      clock: systemClock,
      onUsage,
      // Another server's window may be smaller than that, and it would refuse every request.
      ...(!env.OPENAI_BASE_URL && { maxOutputTokens: defaultMaxOutputTokens }),
    }),
    tryAcquireTurn: turnLimit(table),
    fileBytes: fileBytesOf(table, objects),
    // A reply that was given is not given again because it could not be counted.
    countReply: (tenantId) =>
      usage
        .count(tenantId, 'replies')
        .catch((error) =>
          log.warn('A reply could not be counted in the usage.', { error: errorForLog(error) }),
        ),
    clock: systemClock,
    random: Math.random,
    meter,
    logOf: (ids) => withIds(log, ids),
  });
  return { ...access, runTurn: run };
}
