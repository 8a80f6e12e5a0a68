import type * as z from 'zod/mini';
import { fileBytesOf } from '../conversations/file-content.ts';
import { systemClock } from '../shared/clock.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import { errorForLog, withIds } from '../shared/log.ts';
import { objectsClient } from '../vendors/aws/clients.ts';
import { objectStore } from '../vendors/aws/objects.ts';
import { openAiOf } from '../vendors/openai/client.ts';
import type { turnWorkerEnvironment } from './environment.ts';
import { defaultMaxOutputTokens } from './features.ts';
import type { RunTurn } from './ports.ts';
import { eventLog } from './stores/event-log.ts';
import { turnLimit } from './stores/turn-limit.ts';
import { turnStore } from './stores/turn-store.ts';
import { agentDirectory } from './vendors/agent-directory.ts';
import { type TurnAccess, turnsIn } from './wiring.ts';
import { runTurn } from './work/run-turn.ts';

type Environment = Omit<
  z.output<typeof turnWorkerEnvironment>,
  'TURN_DLQ_URL' | 'WORKER_CONCURRENCY'
>;

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
