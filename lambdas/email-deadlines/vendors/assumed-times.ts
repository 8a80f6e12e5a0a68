import type { EmailAnswers } from '../features.ts';
import type { TierTimes } from '../work/fallback-chain.ts';

/** What the mock takes, in seconds: a bounded exponential. */
export interface MockTiming {
  scale: number;
  min: number;
  max: number;
}

const templateMs = 1;
/** What the models are assumed to take before they were measured, in milliseconds. */
const fullMs = 6_000;
const fasterMs = 2_500;

/** How long each of a company's tiers is assumed to take before any answer has been measured, in milliseconds. */
export function assumedTimes(config: EmailAnswers, timing: MockTiming): TierTimes {
  switch (config.adapter) {
    case 'mock':
      return { full: timing.max * 1000, template: templateMs };
    case 'openai':
      return {
        full: fullMs,
        ...(config.faster_model && { faster: fasterMs }),
        template: templateMs,
      };
    case 'template':
      return { template: templateMs };
    default:
      return config.adapter satisfies never;
  }
}
