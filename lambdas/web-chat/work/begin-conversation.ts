import type { Conversation } from '../../conversations/conversation.ts';
import type { WebChatFeature } from '../features.ts';
import type { InitiateRequest } from '../messages.ts';
import { originOf } from './page.ts';
import type { Participant } from './participant.ts';
import type { WebChatPorts } from './ports.ts';

type Begun =
  | { kind: 'begun'; conversation: Conversation }
  | { kind: 'reused' }
  | { kind: 'limited'; retryAfterSeconds: number };

/** Begins a conversation of a participant, once for its key where there is one. */
export async function beginConversation(
  tenant_id: string,
  {
    participant,
    request,
    key,
  }: { participant: Participant; request: InitiateRequest; key?: string },
  chat: Pick<WebChatFeature, 'agent' | 'limits'>,
  ports: WebChatPorts,
): Promise<Begun> {
  const claimed = await claim(tenant_id, { participant, request, key }, ports);
  if (claimed.kind === 'reused') return claimed;
  const { conversation_id, participant_id } = claimed.claim;
  const isThere =
    !claimed.isNew && (await ports.conversations.find({ tenant_id, conversation_id }));
  const may =
    isThere || (await ports.limits.conversation(tenant_id, chat.limits.conversations_per_day));
  if ('allowed' in may && !may.allowed) return { kind: 'limited', ...may };
  const { conversation } = await ports.conversations.open({
    tenant_id,
    conversation_id,
    channel: 'webchat',
    channel_id: `webchat:${conversation_id}`,
    participant_id,
    participant_name: participant.name,
    external_id: participant.external_id,
    conversation_spec_id: chat.agent ?? null,
    metadata: metadataOf(request, participant),
  });
  await ports.participants.recordConversation(tenant_id, participant_id, conversation_id);
  return { kind: 'begun', conversation };
}

async function claim(
  tenantId: string,
  {
    participant,
    request,
    key,
  }: { participant: Participant; request: InitiateRequest; key: string | undefined },
  { claims, newId }: WebChatPorts,
) {
  const { participant_id, external_id } = participant;
  const wanted = { conversation_id: `conv_${newId()}`, participant_id };
  if (key === undefined) return { kind: 'claimed', claim: wanted, isNew: true } as const;
  // A proof of who somebody is may be a new one at each try.
  const { visitor: _proof, ...asked } = request;
  const form = JSON.stringify([asked, external_id]);
  return claims.conversation(tenantId, { key, form, wanted });
}

/** What the page says of itself and its visitor; nothing of it is proven but the visitor's email. */
function metadataOf(request: InitiateRequest, { email }: Participant): Record<string, unknown> {
  const { participant_id, web_app_name, location, language, context } = request;
  const said = {
    page_url: context?.page_url,
    page_origin: originOf(context?.page_url),
    page_participant_id: participant_id,
    web_app_name,
    location,
    language,
    email: email ?? undefined,
    context,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
