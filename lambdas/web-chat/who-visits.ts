import type { Problem } from '../shared/http/problem.ts';
import type { Caller } from '../tenancy/caller.ts';
import { verifyVisitorToken } from '../tenancy/visitor-token.ts';
import type { WebChatFeature } from './features.ts';
import { limits } from './limits.ts';
import type { InitiateRequest, ResumeRequest } from './messages.ts';
import { identityRefused } from './problems.ts';
import { type IdentityProof, identitySecrets, verifyIdentity } from './work/identity.ts';
import { anonymous, isNamed, named, type Participant } from './work/participant.ts';
import type { WebChatPorts } from './work/ports.ts';

export interface VisitorPorts
  extends Pick<WebChatPorts, 'clock' | 'conversations' | 'newId' | 'participants'> {
  /** The deployment's key of visitors' tokens. */
  visitorKey(): Promise<string>;
}

export type Refused = { problem: Problem };

/** A program or a person of the company. */
export const isStaff = ({ role }: Caller): boolean => role !== 'Visitor' && role !== 'Participant';

/** Who begins: a visitor whom the company names, one who has a token already, or one whom nobody knows. */
export async function participantOf(
  { visitor, participant_id }: InitiateRequest,
  caller: Caller,
  chat: WebChatFeature,
  ports: VisitorPorts,
): Promise<{ participant: Participant } | Refused> {
  const { tenant_id } = caller;
  if (visitor) return proven(visitor, tenant_id, chat, ports);
  if (isStaff(caller) && participant_id !== undefined) {
    return { participant: named(tenant_id, { user_id: participant_id }) };
  }
  const participant = (await known(caller, ports)) ?? anonymous(ports.newId());
  const who = unlessNameless(participant.participant_id, chat);
  return 'problem' in who ? who : { participant };
}

async function proven(
  proof: IdentityProof,
  tenantId: string,
  { identity: { version } }: WebChatFeature,
  { visitorKey, clock }: VisitorPorts,
): Promise<{ participant: Participant } | Refused> {
  const secrets = identitySecrets(await visitorKey(), tenantId, version);
  const verified = verifyIdentity(proof, secrets, clock.now());
  return 'refused' in verified
    ? { problem: identityRefused(verified.refused) }
    : { participant: named(tenantId, verified.identity) };
}

/** The participant whose token calls, with the name that he had. */
async function known(
  caller: Caller,
  { participants, conversations }: VisitorPorts,
): Promise<Participant | undefined> {
  if (caller.role !== 'Participant') return undefined;
  const { tenant_id } = caller;
  const participant_id = participantIdOf(caller);
  const conversation_id = await participants.latestConversation(tenant_id, participant_id);
  const before =
    conversation_id === undefined
      ? undefined
      : await conversations.find({ tenant_id, conversation_id });
  const email = before?.metadata['email'];
  return {
    participant_id,
    external_id: before?.external_id ?? null,
    name: before?.participant_name ?? null,
    email: typeof email === 'string' ? email : null,
  };
}

const participantIdOf = ({ principal }: Caller): string => principal.replace(/^visitor:/, '');

/**
 * Who comes back, by an old token, by the company's word, or by the token that calls; a program of the company says by
 * the conversation who it is.
 */
export async function returning(
  { token, visitor, conversation_id }: ResumeRequest,
  caller: Caller,
  chat: WebChatFeature,
  ports: VisitorPorts,
): Promise<{ participantId: string } | Refused> {
  const { tenant_id } = caller;
  if (visitor) {
    const who = await proven(visitor, tenant_id, chat, ports);
    return 'problem' in who ? who : { participantId: who.participant.participant_id };
  }
  if (token !== undefined) return byOldToken(token, tenant_id, chat, ports);
  if (caller.role === 'Participant') return unlessNameless(participantIdOf(caller), chat);
  if (!isStaff(caller) || conversation_id === undefined) return { problem: noProof };
  const his = await ports.conversations.find({ tenant_id, conversation_id });
  return { participantId: his?.participant_id ?? '' };
}

async function byOldToken(
  token: string,
  tenantId: string,
  chat: WebChatFeature,
  { visitorKey, clock }: VisitorPorts,
): Promise<{ participantId: string } | Refused> {
  const graceSeconds = limits.resumeDays * 86_400;
  const old = verifyVisitorToken(token, await visitorKey(), clock.now(), graceSeconds);
  return old?.tenant_id === tenantId
    ? unlessNameless(old.participant_id, chat)
    : { problem: identityRefused(oldTokenRefused) };
}

const noProof = identityRefused('send the token of before, or visitor');
const oldTokenRefused = `the token is not one of this company’s visitors, or ended more than ${limits.resumeDays} days ago: begin a new conversation`;

/** The visitor, unless nobody has named him and the company wants to know all of them. */
const unlessNameless = (
  participantId: string,
  { identity }: WebChatFeature,
): { participantId: string } | Refused =>
  identity.required && !isNamed(participantId)
    ? { problem: identityRefused('this company names its visitors, and visitor is missing') }
    : { participantId };
