import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type AnswerTier, answerTiers, type TierTimes } from '../work/fallback-chain.ts';
import type { AnswerTimes } from '../work/ports.ts';
import { type ServiceSample, ServiceTimes } from '../work/service-times.ts';
import { keys } from './keys.ts';

/** What a company's answers have taken, by tier; what one invocation learns the next ones know. */
export interface LearnedTimes extends AnswerTimes {
  /** Shares what was learned; what it cannot share is lost, and learned again. */
  share(): Promise<void>;
}

const retentionDays = 7;

export async function learnedTimes(
  table: Table,
  tenantId: string,
  assumed: TierTimes,
): Promise<LearnedTimes> {
  const known = answerTiers.flatMap((tier) => (assumed[tier] === undefined ? [] : [tier]));
  const shared = new ItemStore<{ samples?: ServiceSample[] }>(table, 'learned times');
  const read = async (tier: AnswerTier): Promise<ServiceSample[]> => {
    const item = await shared.get(keys.learned(tenantId, tier), { consistent: false });
    return item?.samples ?? [];
  };
  const times = new Map(
    await Promise.all(
      known.map(
        async (tier) => [tier, new ServiceTimes([assumed[tier] ?? 0], await read(tier))] as const,
      ),
    ),
  );
  const changed = new Set<AnswerTier>();
  return {
    expected: (share) =>
      Object.fromEntries([...times].map(([tier, learned]) => [tier, learned.percentile(share)])),
    learn(tier, tookMs) {
      times.get(tier)?.learn(table.clock.now(), tookMs);
      changed.add(tier);
    },
    async share() {
      for (const tier of changed) {
        const learned = times.get(tier);
        learned?.merge(await read(tier));
        const samples = learned?.samples() ?? [];
        await shared.put(keys.learned(tenantId, tier), { samples }, { retentionDays });
      }
      changed.clear();
    },
  };
}
