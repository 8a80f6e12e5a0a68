import { expect, onTestFinished } from 'vitest';
import { streamingModel } from '../../../lambdas/agents/vendors/streaming-model.ts';
import type { ModelStep } from '../../../lambdas/agents/work/ports.ts';
import type { EngineError } from '../../../lambdas/shared/errors.ts';
import { openAiSource } from '../../../lambdas/vendors/openai/client.ts';
import {
  type OpenAiSimulatorOptions,
  startOpenAiSimulator,
} from '../../../local/simulators/openai/simulator.ts';

const clock = { sleep: async () => undefined };

export async function aModel(
  options: OpenAiSimulatorOptions = {},
  more: { silentMs?: number } = {},
) {
  const simulator = await startOpenAiSimulator({ runMs: () => 60, ...options });
  onTestFinished(() => simulator.close());
  const key = { get: async () => 'sk-test', refresh: async () => false };
  const source = openAiSource(key as never, `${simulator.url}/v1`);
  const used: string[] = [];
  const settings = { model: 'gpt-5.6-luna', instructions: 'Be kind.', max_output_tokens: 4_000 };
  const model = streamingModel(source, settings, {
    clock,
    onUsage: (name) => void used.push(name),
    ...more,
  });
  const ask = (text: string, runId?: string) =>
    stepsOf(
      model.answer(
        {
          tenant_id: 'acme',
          conversation_id: 'c1',
          turn_id: 'turn-1',
          messages: [{ role: 'user', text, pictures: [] }],
        },
        runId,
        new AbortController().signal,
      ),
    );
  return { simulator, model, ask, used };
}

async function stepsOf(steps: AsyncIterable<ModelStep>) {
  const all: ModelStep[] = [];
  try {
    for await (const step of steps) all.push(step);
  } catch (error) {
    return { all, error: error as EngineError };
  }
  return { all, error: undefined };
}

export const textsOf = (all: ModelStep[]) =>
  all.flatMap((step) => (step.kind === 'text' ? step.text : []));

/** What was shown only grew, and is the beginning of the answer. */
export function expectGrowing(all: ModelStep[]): void {
  const last = all.at(-1);
  const texts = textsOf(all);
  for (const [n, text] of texts.entries()) expect(text.startsWith(texts[n - 1] ?? '')).toBe(true);
  expect(last?.kind === 'answered' && last.text.startsWith(texts.at(-1) ?? '')).toBe(true);
}
