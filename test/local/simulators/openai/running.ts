import OpenAI, { APIError } from 'openai';
import { onTestFinished } from 'vitest';
import {
  type OpenAiSimulator,
  type OpenAiSimulatorOptions,
  startOpenAiSimulator,
} from '../../../../local/simulators/openai/simulator.ts';

export const clientOf = (simulator: { url: string }, apiKey = 'sk-test') =>
  new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey, maxRetries: 0 });

/** A simulator for one test, instant unless told otherwise, with the stock client of OpenAI. */
export async function running(
  options: OpenAiSimulatorOptions = {},
): Promise<{ simulator: OpenAiSimulator; client: OpenAI }> {
  const simulator = await startOpenAiSimulator({ runMs: () => 0, ...options });
  onTestFinished(() => simulator.close());
  return { simulator, client: clientOf(simulator) };
}

/** The error that a call ends in, as far as OpenAI's shape tells. */
export async function refusalOf(call: PromiseLike<unknown>) {
  try {
    await call;
  } catch (error) {
    if (error instanceof APIError) {
      const { status, code, param, type, message } = error;
      return { status, code, param, type, message };
    }
    throw error;
  }
  throw new Error('Expected the call to be refused, but it went well.');
}
