/** What a model's tokens cost, in US dollars a million. */
interface Price {
  input: number;
  cached: number;
  output: number;
}

/**
 * OpenAI's list prices of standard processing as published in June 2026. Of a model that is not in here,
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
