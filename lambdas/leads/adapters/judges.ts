import { asEngineError } from '../../runtime/errors.ts';
import { errorForLog, type Log, type Meter } from '../../runtime/log.ts';
import { countVendorFailure } from '../../runtime/vendor-failures.ts';
import type { TenantDirectory } from '../../tenancy/adapters/tenant-directory.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import type { UsageNote } from '../../vendors/openai/usage.ts';
import type { AdapterName } from '../contract.ts';
import type { Judge, Judged } from '../domain/ports.ts';
import { judge as judgeByRules, rulesVersion } from '../domain/rules.ts';
import { features, type LeadTriage } from '../features.ts';
import type { ModelBudget } from './model-budget.ts';
import { judgeByModel, modelVersion } from './model-judge.ts';

export interface JudgeParts {
  tenants: TenantDirectory;
  budget: ModelBudget;
  openAi: OpenAiSource;
  onUsage?: UsageNote;
  log: Log;
  meter: Meter;
}

/** Who judges a tenant's leads: whom it has configured, or the one that is asked for. The rules stand in for a model that fails. */
export async function judgeOf(
  tenantId: string,
  wanted: AdapterName | undefined,
  { tenants, budget, openAi, onUsage, log, meter }: JudgeParts,
): Promise<Judge> {
  const triage = await triageOf(tenants, tenantId, log);
  const adapter = wanted ?? triage.adapter;
  if (adapter === 'rules') return { judge: async (note) => byRules(note, null) };
  const tenant = await tenants.tenant(tenantId);
  // A suspended company has no calls of the model.
  if (tenant?.status !== 'active') return { judge: async (note) => byRules(note, 'suspended') };
  return {
    async judge(note) {
      const usedUp = await budget.spend(tenant, log);
      if (usedUp) {
        meter.count('TriageFallback');
        return byRules(note, usedUp.code);
      }
      try {
        const judgement = await judgeByModel(openAi, triage, note, onUsage);
        return {
          ...judgement,
          adapter: 'openai',
          adapter_version: modelVersion(triage),
          fallback_reason: null,
        };
      } catch (thrown) {
        const error = asEngineError(thrown);
        meter.count('TriageFallback');
        countVendorFailure(error, meter);
        log.warn('The model did not judge a lead; the rules did.', {
          tenant_id: tenantId,
          error_code: error.code,
          error: errorForLog(error),
        });
        return byRules(note, error.code);
      }
    },
  };
}

/** A configuration that is of no use must not keep leads from being judged. */
async function triageOf(tenants: TenantDirectory, tenantId: string, log: Log): Promise<LeadTriage> {
  const configured = await tenants.configuration(tenantId, 'lead-triage');
  const result = features['lead-triage'].safeParse(configured ?? {});
  if (result.success) return result.data;
  log.error('The feature lead-triage is malformed: the rules judge.', { tenant_id: tenantId });
  return features['lead-triage'].parse({});
}

const byRules = (note: string, fallback_reason: string | null): Judged => ({
  ...judgeByRules(note),
  adapter: 'rules',
  adapter_version: rulesVersion,
  fallback_reason,
});
