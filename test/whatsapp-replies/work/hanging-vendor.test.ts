import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { callLimitMs } from '../../../lambdas/vendors/openai/client.ts';
import type { AssistantPort } from '../../../lambdas/whatsapp-replies/work/ports.ts';
import { aQueuedMessage } from '../../support/reply-builders.ts';
import { aWorld, type World } from '../../support/reply-world.ts';

type Call = 'openThread' | 'startRun' | 'findRun' | 'checkRun';

/** From now on this call fails, after so long. */
function failing(world: World, call: Call, afterMs: number): void {
  const { assistantFor } = world.ports;
  world.ports.assistantFor = async (turn) => {
    const choice = await assistantFor(turn);
    const fail = async () => {
      await world.clock.sleep(afterMs);
      throw retryLater('openai_unreachable', 'No answer.');
    };
    const assistant: AssistantPort = { ...choice.assistant, [call]: fail };
    return { ...choice, assistant };
  };
}

const message = aQueuedMessage(1);

describe('a model’s vendor that does not answer', () => {
  it.each<[Call, before: Call | undefined]>([
    ['openThread', undefined],
    ['checkRun', undefined],
    ['findRun', 'startRun'],
  ])('(%s) never outlasts the invocation, however little is left of it', async (call, before) => {
    const someMs = fc.integer({ min: 1_000, max: 60_000 });
    await fc.assert(
      fc.asyncProperty(someMs, async (remainingMs) => {
        const world = aWorld();
        if (before) {
          failing(world, before, 0);
          await world.answers([message]);
        }
        failing(world, call, callLimitMs);
        const begun = world.clock.now();

        const { unfinished } = await world.answers([message], { remainingMs });

        expect(world.clock.now() - begun).toBeLessThan(remainingMs);
        expect(unfinished?.messages).toEqual([message]);
        expect(world.store.turn('SM1')?.lease_until).toBe(0);
      }),
    );
  });
});
