/** Who answers, from the best to the most reliable. */
export const answerTiers = ['full', 'faster', 'template'] as const;
export type AnswerTier = (typeof answerTiers)[number];

/** How long each tier is expected to take, in milliseconds; a tier that the company does not have is missing. */
export type TierTimes = Readonly<Partial<Record<AnswerTier, number>>>;

/** The tier that answers, and after how long the next one takes over. */
export interface Choice {
  tier: AnswerTier;
  timeoutMs: number;
}

/**
 * The best tier that is expected to finish in the time that is left. Its timeout leaves enough for a faster tier to
 * answer in time after it. If no tier is expected to finish in time, the last one answers while the deadline is
 * ahead; after the deadline the reply is late anyway, and the best one answers.
 */
export function chooseTier(leftMs: number, times: TierTimes): Choice {
  const chain = answerTiers.filter((tier) => times[tier] !== undefined);
  const best = chain.find((tier) => (times[tier] ?? 0) <= leftMs);
  const tooLate = leftMs <= 0 ? chain[0] : chain.at(-1);
  const tier = best ?? tooLate ?? 'template';
  const fallbackMs = chain.slice(chain.indexOf(tier) + 1).map((one) => times[one] ?? 0);
  if (!best || fallbackMs.length === 0) return { tier, timeoutMs: Infinity };
  return { tier, timeoutMs: Math.max(times[tier] ?? 0, leftMs - Math.min(...fallbackMs)) };
}

/** The tiers behind this one; undefined if it is the last. */
export function tiersAfter(times: TierTimes, failed: AnswerTier): TierTimes | undefined {
  const behind = answerTiers
    .slice(answerTiers.indexOf(failed) + 1)
    .filter((tier) => times[tier] !== undefined);
  if (behind.length === 0) return undefined;
  return Object.fromEntries(behind.map((tier) => [tier, times[tier]]));
}
