import type { Meter } from '../../shared/log.ts';

/** Called with the tokens of an answer. */
export type UsageRecorder = (model: string, usage: TokenUsage) => void;

/** The part of a response or run with its tokens; other servers than OpenAI may leave it out. */
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

/** Passes on the tokens of an answer; one in progress has none yet. */
export function recordUsage({ model, usage }: Metered, note: UsageRecorder | undefined): void {
  if (!usage || !note) return;
  note(model ?? 'unknown', {
    input: usage.input_tokens ?? usage.prompt_tokens ?? 0,
    cached: usage.input_tokens_details?.cached_tokens ?? 0,
    output: usage.output_tokens ?? usage.completion_tokens ?? 0,
  });
}

/** Counts tokens and their cost; where another server than OpenAI answers, its prices are its own and unknown. */
export function usageMeter(
  meter: Pick<Meter, 'count'>,
  baseUrl: string | undefined,
): UsageRecorder {
  const isPriced = !baseUrl || new URL(baseUrl).hostname === 'api.openai.com';
  return (model, usage) => {
    meter.count('ModelInputTokens', usage.input);
    meter.count('ModelOutputTokens', usage.output);
    const cost = isPriced ? microDollarsOf(model, usage) : undefined;
    if (cost === undefined) meter.count('ModelCostUnknown');
    else meter.count('ModelMicroDollars', cost);
  };
}

/** What a model's tokens cost, in US dollars a million. */
interface Price {
  input: number;
  cached: number;
  output: number;
}

/**
 * OpenAI's list prices of standard processing as published in June 2026. For a model that is not listed,
 * or that another server runs, the cost is unknown and counted as such.
 */
const prices: Record<string, Price> = {
  'gpt-5.6-sol': { input: 5, cached: 0.5, output: 30 },
  'gpt-5.6-terra': { input: 2.5, cached: 0.25, output: 15 },
  'gpt-5.6-luna': { input: 1, cached: 0.1, output: 6 },
};

/** A vendor names the version that answered: `gpt-5.6-luna-2026-07-09`. */
const dated = /-\d{4}-\d{2}-\d{2}$/;

export interface TokenUsage {
  input: number;
  /** Those of the input that were read from the vendor's cache. */
  cached: number;
  output: number;
}

/** The cost in millionths of a US dollar; undefined where the model's price is not known. */
export function microDollarsOf(model: string, usage: TokenUsage): number | undefined {
  const name = model.replace(dated, '');
  const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
  if (!price) return undefined;
  const fresh = Math.max(0, usage.input - usage.cached);
  return fresh * price.input + usage.cached * price.cached + usage.output * price.output;
}
