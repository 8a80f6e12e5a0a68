import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expiresAt, storeCall, type Table } from '../../shared/store/table.ts';
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
  const read = async (step: AnswerTier): Promise<SharedServiceTimes | undefined> => {
    const { Item: item } = await storeCall('read learned times', () =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.learned(tenantId, step) }),
      ),
    );
    return item?.['samples']
      ? { samples: item['samples'] as SharedServiceTimes['samples'] }
      : undefined;
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
        await storeCall('share learned times', () =>
          table.client.send(
            new PutCommand({
              TableName: table.name,
              Item: {
                ...keys.learned(tenantId, step),
                ...learned?.share(),
                expires_at: expiresAt(table.clock.now(), keptDays),
              },
            }),
          ),
        );
      }
      changed.clear();
    },
  };
}
