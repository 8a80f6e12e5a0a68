import type { Meter } from '../../shared/log.ts';
import { microDollarsOf, type TokenUsage } from './prices.ts';

/** Is told what an answer took. */
export type UsageNote = (model: string, usage: TokenUsage) => void;

/** The part of a response, or of a run, that tells what it took; servers beside OpenAI may leave it out. */
export interface Metered {
  model?: string | null;
  usage?: {
    input_tokens?: number;
    output_tokens?: number;
    input_tokens_details?: { cached_tokens?: number | null } | null;
    prompt_tokens?: number;
    completion_tokens?: number;
  } | null;
}

/** Hands on what an answer took, once it says so: one that is under way does not. */
export function noteUsage({ model, usage }: Metered, note: UsageNote | undefined): void {
  if (!usage || !note) return;
  note(model ?? 'unknown', {
    input: usage.input_tokens ?? usage.prompt_tokens ?? 0,
    cached: usage.input_tokens_details?.cached_tokens ?? 0,
    output: usage.output_tokens ?? usage.completion_tokens ?? 0,
  });
}

/** Counts tokens and their cost; where another server than OpenAI answers, its prices are its own and unknown. */
export function usageMeter(meter: Pick<Meter, 'count'>, baseUrl: string | undefined): UsageNote {
  const isPriced = !baseUrl || new URL(baseUrl).hostname === 'api.openai.com';
  return (model, usage) => {
    meter.count('ModelInputTokens', usage.input);
    meter.count('ModelOutputTokens', usage.output);
    const cost = isPriced ? microDollarsOf(model, usage) : undefined;
    if (cost === undefined) meter.count('ModelCostUnknown');
    else meter.count('ModelMicroDollars', cost);
  };
}
