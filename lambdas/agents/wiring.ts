import type * as z from 'zod/mini';
import type { conversationsEnvironment } from '../conversations/environment.ts';
import { type Conversations, conversationsOf } from '../conversations/wiring.ts';
import { systemClock } from '../shared/clock.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import { enqueue } from '../shared/queue/enqueue.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import type { turnQueueEnvironment } from './environment.ts';
import type { TurnQueue } from './messages.ts';
import type { Turns } from './ports.ts';
import { eventLog } from './stores/event-log.ts';
import { turnStore } from './stores/turn-store.ts';
import { turnsOf } from './work/turns.ts';

type Of<Variables extends z.core.$ZodLooseShape> = z.output<z.ZodMiniObject<Variables>>;
type QueueEnvironment = Of<typeof conversationsEnvironment> &
  Of<typeof turnQueueEnvironment> & { TENANTS_TABLE: string };

/** What a function has that lets messages be answered, and reads their turns. */
export interface TurnAccess extends Conversations {
  turns: Turns;
  queue: TurnQueue;
}

export function turnsIn(parts: FunctionParts<QueueEnvironment>): TurnAccess {
  const client = queueClient();
  const fallback = { client, queueUrl: parts.env.TURN_QUEUE_URL };
  const conversations = conversationsOf(parts, fallback);
  const { conversationsTable: table } = conversations;
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
