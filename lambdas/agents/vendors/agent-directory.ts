import type { Channel } from '../../conversations/conversation.ts';
import type { Clock } from '../../shared/clock.ts';
import { alertPerson } from '../../shared/errors.ts';
import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import type { UsageRecorder } from '../../vendors/openai/usage.ts';
import { assistantOf, defaultInstructions, defaultModel, ownAssistant } from '../features.ts';
import type { Agent } from '../work/ports.ts';
import { streamingModel } from './streaming-model.ts';

export interface AgentDefaults {
  runMaxWaitSeconds: number;
  /** What a model may write where the company does not say; without it, as much as the server lets it. */
  maxOutputTokens?: number;
  onUsage?: UsageRecorder;
  clock: Pick<Clock, 'sleep'>;
}

/** Who answers a conversation: the agent that it names, else the company's assistant, else the default model. */
export function agentDirectory(
  tenants: TenantDirectory,
  source: OpenAiSource,
  defaults: AgentDefaults,
): (tenantId: string, name: string | null, channel: Channel) => Promise<Agent> {
  return async (tenantId, name, channel) => {
    const [tenant, own, ofCompany] = await Promise.all([
      tenants.tenant(tenantId),
      name === null ? undefined : tenants.configuration(tenantId, ownAssistant(name)),
      tenants.configuration(tenantId, 'assistant'),
    ]);
    if (!tenant) throw alertPerson('tenant_unknown', `There is no company ${tenantId}.`);
    const assistant = assistantOf.parse(own ?? ofCompany, tenantId);
    if (assistant.adapter === 'threads') throw cannotStream(tenantId, own ? name : null);
    const { model = defaultModel, instructions = defaultInstructions(channel), limits } = assistant;
    const max_output_tokens = limits.max_output_tokens ?? defaults.maxOutputTokens;
    const settings = { model, instructions, ...(max_output_tokens && { max_output_tokens }) };
    return {
      name: name ?? 'assistant',
      model: streamingModel(source, settings, defaults),
      fallback: assistant.texts.fallback,
      maxWaitMs: (limits.run_max_wait_seconds ?? defaults.runMaxWaitSeconds) * 1000,
      suspended: tenant.status === 'suspended',
    };
  };
}

const cannotStream = (tenantId: string, name: string | null) => {
  const feature = name === null ? 'assistant' : ownAssistant(name);
  return alertPerson(
    'agent_unusable',
    `The feature ${feature} of ${tenantId} has the adapter threads, which no web chat can use: set assistant.<name> with the adapter responses, and name it as agent in the feature webchat.`,
  );
};
