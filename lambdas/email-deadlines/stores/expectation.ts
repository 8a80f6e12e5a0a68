import type { Table } from '../../shared/store/table.ts';
import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import { emailAnswersOf } from '../features.ts';
import { assumedTimes, type MockTiming } from '../vendors/assumed-times.ts';
import type { Expectation } from '../work/plan-run.ts';
import { learnedTimes } from './learned-times.ts';

/** The share of answers that a plan counts on to be in time. */
const plannedShare = 0.85;

/** What an email of this company is expected to take, as far as that is known when a run begins. */
export async function expectationOf(
  table: Table,
  tenants: TenantDirectory,
  tenantId: string,
  { timing, gapMs }: { timing: MockTiming; gapMs: number },
): Promise<Expectation> {
  const answers = await emailAnswersOf.read(tenants, tenantId);
  const times = await learnedTimes(table, tenantId, assumedTimes(answers, timing));
  const { full = 0, template = 0 } = times.expected(plannedShare);
  return { serviceMs: Math.max(full, template), gapMs };
}
