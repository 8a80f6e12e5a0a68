import { onTestFinished } from 'vitest';
import { type OpenAiSource, openAiSource } from '../../lambdas/vendors/openai/client.ts';
import type { TokenUsage, UsageRecorder } from '../../lambdas/vendors/openai/usage.ts';
import { responsesAssistant } from '../../lambdas/whatsapp-replies/vendors/responses-assistant.ts';
import { threadsAssistant } from '../../lambdas/whatsapp-replies/vendors/threads-assistant.ts';
import type {
  AssistantPort,
  ModelInput,
  ModelRunStatus,
  PastMessage,
} from '../../lambdas/whatsapp-replies/work/ports.ts';
import type { Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';
import {
  type OpenAiSimulatorOptions,
  startOpenAiSimulator,
} from '../../local/simulators/openai/simulator.ts';
import { virtualClock } from './clock.ts';
import { anInbound, aTurn } from './reply-builders.ts';
import { aSecret, type FakeSecret } from './reply-secret.ts';

export type AdapterName = AssistantPort['name'];

export const runTakesMs = 1_000;

/** The SDK's clients, which repeat a failed call as often as ever, but at once. */
export const withoutPauses =
  (source: OpenAiSource): OpenAiSource =>
  async () =>
    Object.assign(await source(), { calculateDefaultRetryTimeoutMillis: () => 0 });

export function assistantAt(
  url: string,
  name: AdapterName,
  key = aSecret('sk-test'),
  onUsage?: UsageRecorder,
) {
  const source = withoutPauses(openAiSource(key, `${url}/v1`));
  return name === 'responses'
    ? responsesAssistant(source, { model: 'gpt-5.6-luna', instructions: 'Be kind.' }, onUsage)
    : threadsAssistant(source, { assistant_id: 'asst_1' }, onUsage);
}

/** An adapter on the real SDK, with a simulated OpenAI whose clock the test moves. */
export async function anAssistant(
  name: AdapterName,
  options: OpenAiSimulatorOptions & { key?: FakeSecret<string> } = {},
) {
  const { key = aSecret('sk-test'), ...rest } = options;
  const clock = virtualClock();
  const openai = await startOpenAiSimulator({ now: clock.now, runMs: () => runTakesMs, ...rest });
  onTestFinished(() => openai.close());
  const used: TokenUsage[] = [];
  const assistant = assistantAt(openai.url, name, key, (_, usage) => void used.push(usage));
  const start = (threadId: string, turn: Turn, more: { again?: boolean } = {}) =>
    assistant.startRun(threadId, turn, startOf(turn, more));
  return {
    ...openai,
    clock,
    key,
    assistant,
    /** What the answers have taken, each by each. */
    used,
    start,
    bodiesOf: (operation: string) =>
      openai.calls.filter((call) => call.operation === operation).map(({ body }) => body),
    /** Opens a thread, asks in it, and tells how the run ended. */
    async ask(text: string, { turn = asking(text), history = [] as PastMessage[] } = {}) {
      const threadId = await assistant.openThread(turn, history);
      const view = await start(threadId, turn);
      clock.pass(runTakesMs);
      return { threadId, turn, view: await endOf(assistant, threadId, view) };
    },
  };
}

const endOf = (assistant: AssistantPort, threadId: string, view: { kind: string }) =>
  'runId' in view && view.kind === 'working'
    ? assistant.checkRun(threadId, String(view.runId))
    : Promise.resolve(view as ModelRunStatus);

/** A turn whose messages say this, one message each; SIDs follow from the turn's. */
export function asking(texts: string | string[], turnId = 'SM1'): Turn {
  const inputs = [texts]
    .flat()
    .map((text, index) =>
      anInbound({ message_sid: index === 0 ? turnId : `${turnId}-${index + 1}`, text }),
    );
  return aTurn({ turn_id: turnId, inputs });
}

const startOf = (turn: Turn, { again = false }) => ({
  input: turn.inputs.map(({ text }): ModelInput => ({ text, images: [] })),
  again,
  history: async () => [],
});
