import {
  type AssistantFeature,
  assistantOf,
  defaultInstructions,
  defaultModel,
  ownAssistant,
} from '../../agents/features.ts';
import type { Environment } from '../../shared/env.ts';
import { alertPerson } from '../../shared/errors.ts';
import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import type { UsageRecorder } from '../../vendors/openai/usage.ts';
import { assistantVariable } from '../messages.ts';
import type { AssistantChoice, AssistantPort } from '../work/ports.ts';
import type { Turn } from '../work/turn.ts';
import { responsesAssistant } from './responses-assistant.ts';
import { threadsAssistant } from './threads-assistant.ts';

export interface AssistantDefaults {
  environment: Environment;
  runMaxWaitSeconds: number;
  /** What `responses` may write where the company does not say; without it, as much as the server lets it. */
  maxOutputTokens?: number;
  onUsage?: UsageRecorder;
}

/**
 * Who answers a turn: the assistant that is configured for the company's project, else for the company,
 * else that of the project by the environment, else the environment's default, else the default model.
 */
export function assistantDirectory(
  tenants: TenantDirectory,
  source: OpenAiSource,
  defaults: AssistantDefaults,
): (turn: Pick<Turn, 'company_id' | 'project_id'>) => Promise<AssistantChoice> {
  return async ({ company_id, project_id }) => {
    const [tenant, ofProject, ofCompany] = await Promise.all([
      tenants.tenant(company_id),
      tenants.configuration(company_id, ownAssistant(project_id)),
      tenants.configuration(company_id, 'assistant'),
    ]);
    if (!tenant) {
      throw alertPerson(
        'tenant_unknown',
        `There is no company ${company_id}: npm run tenants -- create ${company_id}.`,
      );
    }
    const configured =
      ofProject ?? ofCompany ?? ofEnvironment(company_id, project_id, defaults.environment);
    const feature = assistantOf.parse(configured, company_id);
    return {
      assistant: portOf(feature, source, defaults),
      texts: feature.texts,
      runMaxWaitMs: (feature.limits.run_max_wait_seconds ?? defaults.runMaxWaitSeconds) * 1000,
      suspended: tenant.status === 'suspended',
    };
  };
}

function ofEnvironment(companyId: string, projectId: string, environment: Environment) {
  const assistantId =
    environment[assistantVariable(companyId, projectId)] || environment['DEFAULT_ASSISTANT_ID'];
  return assistantId ? { adapter: 'threads', assistant_id: assistantId } : undefined;
}

function portOf(
  feature: AssistantFeature,
  source: OpenAiSource,
  { onUsage, maxOutputTokens }: AssistantDefaults,
): AssistantPort {
  const {
    adapter,
    model = defaultModel,
    instructions = defaultInstructions('whatsapp'),
    limits,
  } = feature;
  if (adapter === 'threads') {
    const config = {
      assistant_id: feature.assistant_id ?? '',
      ...(limits.max_output_tokens && { max_completion_tokens: limits.max_output_tokens }),
    };
    return threadsAssistant(source, config, onUsage);
  }
  const max_output_tokens = limits.max_output_tokens ?? maxOutputTokens;
  const config = { model, instructions, ...(max_output_tokens && { max_output_tokens }) };
  return responsesAssistant(source, config, onUsage);
}
