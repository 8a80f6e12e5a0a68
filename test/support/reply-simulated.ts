import type { QueuedMessage } from '../../lambdas/whatsapp-replies/work/answer-group.ts';
import type { OpenAiSimulatorOptions } from '../../local/simulators/openai/simulator.ts';
import { aTurn } from './reply-builders.ts';
import { deliverAll, type Receive } from './reply-fifo.ts';
import { type AdapterName, anAssistant } from './reply-openai.ts';
import { aWorld, type WorldOptions } from './reply-world.ts';

/** The names of the same calls in both protocols. */
export const operations = {
  responses: {
    open: 'conversations.create',
    start: 'responses.create',
    check: 'responses.retrieve',
    find: 'conversations.items.list',
  },
  threads: {
    open: 'threads.create',
    start: 'threads.runs.create',
    check: 'threads.runs.retrieve',
    find: 'threads.runs.list',
  },
} as const satisfies Record<AdapterName, object>;

type SimulatedOptions = Omit<WorldOptions, 'answer'> & Pick<OpenAiSimulatorOptions, 'answer'>;

/** A world whose model is reached through the real adapter and SDK, at the simulated OpenAI, on one clock. */
export async function aSimulatedWorld(name: AdapterName, options: SimulatedOptions = {}) {
  const { answer, ...rest } = options;
  const world = aWorld(rest);
  const openai = await anAssistant(name, { now: world.clock.now, ...(answer && { answer }) });
  const choice = await world.ports.assistantFor(aTurn());
  world.ports.assistantFor = async () => ({ ...choice, assistant: openai.assistant });
  return {
    ...world,
    /** The simulator, and the adapter at it. */
    openai,
    faults: openai.faults,
    callsOf: (operation: string) =>
      openai.calls.filter((call) => call.operation === operation).length,
    /** The thread that the conversation is in. */
    threadId: () => world.store.summary()?.thread_id ?? '',
    delivers: (messages: QueuedMessage[], receives?: Receive[]) =>
      deliverAll(world, messages, receives),
  };
}
