import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type AnswerTier, answerTiers, type TierTimes } from '../work/fallback-chain.ts';
import type { StepClock } from '../work/ports.ts';
import { ServiceTimes, type SharedServiceTimes } from '../work/service-times.ts';
import { keys } from './keys.ts';

/** What a company's answers have taken, by step; what one invocation learns the next ones know. */
export interface LearnedTimes extends StepClock {
  /** Shares what was learned; what it cannot share is lost, and learned again. */
  share(): Promise<void>;
}

const keptDays = 7;

export async function learnedTimes(
  table: Table,
  tenantId: string,
  assumed: TierTimes,
): Promise<LearnedTimes> {
  const known = answerTiers.flatMap((step) => (assumed[step] === undefined ? [] : [step]));
  const shared = new ItemStore<Partial<SharedServiceTimes>>(table, 'learned times');
  const read = async (step: AnswerTier): Promise<SharedServiceTimes | undefined> => {
    const item = await shared.get(keys.learned(tenantId, step), { consistent: false });
    return item?.samples && { samples: item.samples };
  };
  const times = new Map(
    await Promise.all(
      known.map(
        async (step) => [step, new ServiceTimes([assumed[step] ?? 0], await read(step))] as const,
      ),
    ),
  );
  const changed = new Set<AnswerTier>();
  return {
    expected: (share) =>
      Object.fromEntries([...times].map(([step, learned]) => [step, learned.percentile(share)])),
    learn(step, tookMs) {
      times.get(step)?.learn(table.clock.now(), tookMs);
      changed.add(step);
    },
    async share() {
      for (const step of changed) {
        const learned = times.get(step);
        const others = await read(step);
        if (others) learned?.merge(others);
        await shared.put(keys.learned(tenantId, step), { ...learned?.share() }, { keptDays });
      }
      changed.clear();
    },
  };
}
