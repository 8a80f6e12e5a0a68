import { asEngineError, type EngineError } from '../../shared/errors.ts';
import { countVendorFailure, errorForLog, type Log, type Meter } from '../../shared/log.ts';
import { maxAttemptsFor } from '../../shared/queue/outcome.ts';
import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import type { UsageRecorder } from '../../vendors/openai/usage.ts';
import { leadTriageFeature } from '../features.ts';
import { limits } from '../limits.ts';
import type { AdapterName } from '../messages.ts';
import type { ModelCallLimit } from '../stores/model-call-limit.ts';
import type { Classification, Classifier } from '../work/ports.ts';
import { classify as classifyByRules, rulesVersion } from '../work/rules.ts';
import { classifyByModel, modelVersion } from './model-classifier.ts';

export interface ClassifierParts {
  tenants: TenantDirectory;
  budget: ModelCallLimit;
  openAi: OpenAiSource;
  onUsage?: UsageRecorder;
  log: Log;
  meter: Meter;
  /** How often this lead was received, this time included. */
  tries: number;
}

/**
 * Who classifies a tenant's leads: whom it has configured, or the one that is asked for. While the model is not available, it
 * throws, so that the lead comes back; the rules stand in for a model that fails in another way, or for too long.
 */
export async function classifierFor(
  tenantId: string,
  wanted: AdapterName | undefined,
  { tenants, budget, openAi, onUsage, log, meter, tries }: ClassifierParts,
): Promise<Classifier> {
  const triage = await leadTriageFeature.read(tenants, tenantId, log);
  const adapter = wanted ?? triage.adapter;
  if (adapter === 'rules') return { classify: async (note) => byRules(note, null) };
  const tenant = await tenants.tenant(tenantId);
  // A suspended company has no calls of the model.
  if (tenant?.status !== 'active') return { classify: async (note) => byRules(note, 'suspended') };
  return {
    async classify(note) {
      const usedUp = await budget.tryAcquire(tenant, log);
      if (usedUp) {
        meter.count('TriageFallback');
        return byRules(note, usedUp.code);
      }
      try {
        const classification = await classifyByModel(openAi, triage, note, onUsage);
        return {
          ...classification,
          adapter: 'openai',
          adapter_version: modelVersion(triage),
          fallback_reason: null,
        };
      } catch (thrown) {
        const error = asEngineError(thrown);
        countVendorFailure(error, meter);
        if (unanswered.test(error.code)) await budget.giveBack(tenant);
        const byTheRules = byRules(note, error.code);
        if (isWorthWaiting(error, byTheRules, tries)) throw error;
        meter.count('TriageFallback');
        const line = { tenant_id: tenantId, error_code: error.code, error: errorForLog(error) };
        if (error.code === 'openai_quota') log.error(noCredit, line);
        else log.warn('The model did not classify a lead; the rules did.', line);
        return byTheRules;
      }
    },
  };
}

const noCredit = 'The credit at OpenAI is used up: the rules classify leads until it is paid for.';

/** The vendor took the call and answered nothing that it charges for. */
const unanswered = /^openai_(busy|quota|failed)$/;
/** What another try of the same lead does not change. */
const lasting = /^(openai_quota|model_answer)$/;
/** A vendor that asks for a longer wait is not back before the queue gives up. */
const longestWaitSeconds = 300;

/** Whether the lead comes back for the model: for seconds if it may be due within the hour, else as long as any outage is retried. */
function isWorthWaiting(error: EngineError, { priority }: Classification, tries: number): boolean {
  if (error.next !== 'retry' || lasting.test(error.code)) return false;
  if ((error.retryAfterSeconds ?? 0) > longestWaitSeconds) return false;
  return tries < (priority === 'P0' ? limits.maxAttempts : maxAttemptsFor(error, limits));
}

const byRules = (note: string, fallback_reason: string | null): Classification => ({
  ...classifyByRules(note),
  adapter: 'rules',
  adapter_version: rulesVersion,
  fallback_reason,
});
