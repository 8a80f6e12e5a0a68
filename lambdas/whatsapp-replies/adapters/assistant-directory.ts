import type { Environment } from '../../runtime/env.ts';
import { alertPerson } from '../../runtime/errors.ts';
import type { OpenAiSource } from '../../vendors/openai/client.ts';
import {
  type Assistant,
  assistantVariable,
  type Channel,
  defaultInstructions,
  defaultModel,
  type Texts,
  textsSchema,
} from '../contract.ts';
import type { AssistantChoice, AssistantPort } from '../domain/ports.ts';
import type { Turn } from '../domain/turn.ts';
import type { ChannelRegistry } from './channel-registry.ts';
import { responsesAssistant } from './responses-assistant.ts';
import { threadsAssistant } from './threads-assistant.ts';

/**
 * Who answers a turn: the assistant of its channel, else that of the company's project by the
 * environment, else the environment's default; a registered channel that names none of them gets the
 * default model. A channel of another company is none of theirs.
 */
export function assistantDirectory(
  channels: ChannelRegistry,
  source: OpenAiSource,
  environment: Environment,
): (turn: Turn) => Promise<AssistantChoice> {
  return async (turn) => {
    const registered = await channels.find(turn.business_number);
    const channel = registered?.company_id === turn.company_id ? registered : undefined;
    const config = channel?.assistant ?? defaultAssistant(turn, environment, channel);
    const texts: Texts = channel?.texts ?? textsSchema.parse({});
    return { assistant: portOf(config, source), texts };
  };
}

function defaultAssistant(
  { company_id, project_id }: Turn,
  environment: Environment,
  channel: Channel | undefined,
): Assistant {
  const name = assistantVariable(company_id, project_id);
  const assistantId = environment[name] || environment['DEFAULT_ASSISTANT_ID'];
  if (assistantId) return { adapter: 'threads', assistant_id: assistantId };
  if (channel) {
    return { adapter: 'responses', model: defaultModel, instructions: defaultInstructions };
  }
  throw alertPerson(
    'assistant_missing',
    `No assistant answers ${company_id}/${project_id}: register its number with one ` +
      `(npm run channels -- add), or set ${name} or DEFAULT_ASSISTANT_ID.`,
  );
}

function portOf(config: Assistant, source: OpenAiSource): AssistantPort {
  return config.adapter === 'responses'
    ? responsesAssistant(source, config)
    : threadsAssistant(source, config);
}
