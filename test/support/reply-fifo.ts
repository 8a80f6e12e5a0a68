import type { WaitingMessage } from '../../lambdas/whatsapp-replies/work/answer-group.ts';
import { TestProcess } from './crash.ts';
import type { World } from './reply-world.ts';

/** One receive of the conversation's messages: how many of them, ten by default, and the process that has them. */
export interface Receive {
  batchSize?: number;
  process?: TestProcess;
}

/** Above every lease and every visibility timeout. */
const afterCrashMs = 71_000;
const afterThrowMs = 10_000;
const maxReceives = 100;

/**
 * The FIFO queue of one conversation: delivers its oldest messages, brings back what failed and all
 * of a batch whose process died, until nothing is left. After the given receives all goes well and
 * batches are of ten. Returns the messages that went to the dead-letter queue.
 */
export async function deliverAll<M extends WaitingMessage>(
  world: World,
  messages: M[],
  receives: readonly Receive[] = [],
): Promise<M[]> {
  const dead: M[] = [];
  let waiting = messages;
  for (let n = 0; waiting.length > 0; n += 1) {
    if (n > maxReceives) throw new Error(`Expected ${maxReceives} receives to be enough.`);
    const { batchSize = 10, process = new TestProcess() } = receives[n] ?? {};
    const stays = await receive(world, waiting.slice(0, batchSize), process, dead);
    waiting = [...stays, ...waiting.slice(batchSize)];
  }
  return dead;
}

async function receive<M extends WaitingMessage>(
  world: World,
  batch: M[],
  process: TestProcess,
  dead: M[],
): Promise<M[]> {
  const answers = world.answers(batch, { process });
  const result = await process.outcome(answers).catch(() => undefined);
  if (!result) {
    world.clock.pass(process.crashed ? afterCrashMs : afterThrowMs);
    return batch;
  }
  dead.push(...result.dead.flatMap((one) => one.messages));
  world.clock.pass((result.unfinished?.afterSeconds ?? 0) * 1000);
  return result.unfinished?.messages ?? [];
}
