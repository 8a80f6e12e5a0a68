import type { QueuedMessage } from '../../lambdas/whatsapp-replies/work/answer-group.ts';
import { Fate, type Fault } from './reply-faults.ts';
import type { World } from './reply-world.ts';

/** One receive of the conversation's messages: how many of them, and what goes wrong meanwhile. */
export interface Receive {
  batchSize: number;
  faults: Fault[];
}

/** Above every lease and every visibility timeout. */
const afterCrashMs = 71_000;
const afterThrowMs = 10_000;
const maxReceives = 100;

/**
 * The FIFO queue of one conversation: hands out its oldest messages, brings back what failed and all
 * of a batch whose process died, until nothing is left. After the given receives all goes well and
 * batches are of ten. Returns the messages that went to the dead-letter queue.
 */
export async function deliverAll(
  world: World,
  messages: QueuedMessage[],
  receives: readonly Receive[] = [],
): Promise<QueuedMessage[]> {
  const dead: QueuedMessage[] = [];
  let waiting = messages;
  for (let n = 0; waiting.length > 0; n += 1) {
    if (n > maxReceives) throw new Error(`Expected ${maxReceives} receives to be enough.`);
    const { batchSize = 10, faults = [] } = receives[n] ?? {};
    const stays = await receive(world, waiting.slice(0, batchSize), faults, dead);
    waiting = [...stays, ...waiting.slice(batchSize)];
  }
  return dead;
}

async function receive(
  world: World,
  batch: QueuedMessage[],
  faults: Fault[],
  dead: QueuedMessage[],
): Promise<QueuedMessage[]> {
  const fate = new Fate(faults);
  const result = await world.answers(batch, { fate }).catch(() => undefined);
  if (fate.crashed || !result) {
    world.clock.pass(fate.crashed ? afterCrashMs : afterThrowMs);
    return batch;
  }
  dead.push(...result.dead.flatMap((one) => one.messages));
  world.clock.pass((result.unfinished?.afterSeconds ?? 0) * 1000);
  return result.unfinished?.messages ?? [];
}

/** How many port calls it takes when all goes well: each of them is a place to crash at. */
export async function callsOf(world: World, messages: QueuedMessage[]): Promise<number> {
  const fate = new Fate([]);
  await world.answers(messages, { fate });
  return fate.calls;
}
