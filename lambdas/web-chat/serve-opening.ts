import type { Conversation } from '../conversations/conversation.ts';
import { isoTime } from '../shared/clock.ts';
import { succeeded } from '../shared/http/envelope.ts';
import { keyReused } from '../shared/http/idempotency-key.ts';
import type { Problem } from '../shared/http/problem.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { verifyVisitorToken, visitorToken } from '../tenancy/visitor-token.ts';
import type { WebChatFeature } from './features.ts';
import { limits } from './limits.ts';
import { disabled, identityRefused, notAllowedOn, tooMany } from './problems.ts';
import type { InitiateRequest, ResumeRequest } from './requests.ts';
import { type ChatConfig, routes } from './routes.ts';
import { addressName } from './work/address.ts';
import { beginConversation } from './work/begin-conversation.ts';
import { configOf, type Starter } from './work/chat-config.ts';
import { type IdentityProof, identitySecrets, verifyIdentity } from './work/identity.ts';
import { isAllowedOn } from './work/page.ts';
import { anonymous, isNamed, named, type Participant } from './work/participant.ts';
import type { WebChatPorts } from './work/ports.ts';

export interface OpeningPorts extends WebChatPorts {
  /** How the company's visitors chat; undefined where they do not. */
  chatOf(tenantId: string): Promise<WebChatFeature | undefined>;
  startersOf(tenantId: string): Promise<Starter[]>;
  /** The deployment's key of visitors' tokens. */
  visitorKey(): Promise<string>;
  widgetOrigin: string | undefined;
  streamingUrl: string | undefined;
}

interface Visit {
  caller: Caller;
  sourceIp: string;
  origin: string | undefined;
  pageUrl: string | undefined;
}

type Refused = { problem: Problem };

/** What comes before a conversation's messages: what a page needs to know, how one begins, and how a visitor comes back. */
export function serveOpening(serve: Serve, ports: OpeningPorts): void {
  serve(routes.info, async ({ headers: { Origin: origin }, query, caller, sourceIp }) => {
    const { customer_id = null, page_url, language } = query;
    const chat = await chatFor({ caller, sourceIp, origin, pageUrl: page_url }, ports);
    if ('problem' in chat) return chat.problem;
    const config = await shownConfig(
      caller.tenant_id,
      chat,
      { language, pageUrl: page_url },
      ports,
    );
    return { body: succeeded({ customer_id, page_url: page_url ?? null, config }) };
  });

  serve(routes.initiate, async ({ headers, body, caller, sourceIp }) => {
    const visit = { caller, sourceIp, origin: headers.Origin, pageUrl: body.context?.page_url };
    const chat = await chatFor(visit, ports);
    if ('problem' in chat) return chat.problem;
    const who = await participantOf(body, caller, chat, ports);
    if ('problem' in who) return who.problem;
    const busy = await tooOften(visit, chat, ports);
    if (busy) return busy;
    const key = headers['Idempotency-Key'];
    const wanted = { participant: who.participant, request: body, ...(key && { key }) };
    const begun = await beginConversation(caller.tenant_id, wanted, chat, ports);
    switch (begun.kind) {
      case 'reused':
        return keyReused;
      case 'limited':
        return tooMany(begun.retryAfterSeconds, 'No more conversations can begin today');
      case 'begun':
        return {
          headers: noStore,
          body: succeeded(await openedOf(begun.conversation, chat, { ...body, ...visit }, ports)),
        };
      default:
        throw begun satisfies never;
    }
  });

  serve(routes.resume, async ({ headers, body, caller, sourceIp }) => {
    const { tenant_id } = caller;
    const visit = { caller, sourceIp, origin: headers.Origin, pageUrl: body.context?.page_url };
    const chat = await chatFor(visit, ports);
    if ('problem' in chat) return chat.problem;
    const who = await returning(body, caller, chat, ports);
    if ('problem' in who) return who.problem;
    const busy = await tooOften(visit, chat, ports);
    if (busy) return busy;
    const { participantId } = who;
    const conversation_id =
      body.conversation_id ??
      (await ports.participants.latestConversation(tenant_id, participantId));
    if (conversation_id === undefined) return undefined;
    const conversation = await ports.conversations.find({ tenant_id, conversation_id });
    const isHis =
      conversation?.channel === 'webchat' && conversation.participant_id === participantId;
    if (!isHis) return undefined;
    const { last_sequence, status, handling } = conversation;
    const opened = await openedOf(conversation, chat, { ...body, ...visit }, ports);
    return { headers: noStore, body: succeeded({ ...opened, last_sequence, status, handling }) };
  });
}

const noStore = { 'cache-control': 'no-store' };

/** The company's chat, where visitors may see it. */
async function chatFor(
  { caller, origin, pageUrl }: Visit,
  { chatOf, widgetOrigin }: OpeningPorts,
): Promise<WebChatFeature | Refused> {
  const chat = await chatOf(caller.tenant_id);
  if (!chat?.enabled) return { problem: disabled };
  const isPublic = caller.role === 'Visitor';
  if (isPublic && !isAllowedOn({ origin, pageUrl }, chat.allowed_origins, widgetOrigin)) {
    return { problem: notAllowedOn(origin) };
  }
  return chat;
}

/** The company's own programs have their own limit. */
async function tooOften(
  { caller, sourceIp }: Visit,
  chat: WebChatFeature,
  { limits: rates, visitorKey }: OpeningPorts,
): Promise<Problem | undefined> {
  if (isStaff(caller)) return undefined;
  const address = addressName(sourceIp, await visitorKey());
  const perHour = chat.limits.conversations_per_address_and_hour;
  const may = await rates.visit(caller.tenant_id, address, perHour);
  return may.allowed
    ? undefined
    : tooMany(may.retryAfterSeconds, 'Too many conversations were begun from this network address');
}

const isStaff = ({ role }: Caller): boolean => role !== 'Visitor' && role !== 'Participant';

/** Who begins: a visitor whom the company names, one who has a token already, or one whom nobody knows. */
async function participantOf(
  { visitor, participant_id }: InitiateRequest,
  caller: Caller,
  chat: WebChatFeature,
  ports: OpeningPorts,
): Promise<{ participant: Participant } | Refused> {
  const { tenant_id } = caller;
  if (visitor) return proven(visitor, tenant_id, chat, ports);
  if (isStaff(caller) && participant_id !== undefined) {
    return { participant: named(tenant_id, { user_id: participant_id }) };
  }
  const participant = (await known(caller, ports)) ?? anonymous(ports.newId());
  return unlessNameless(participant.participant_id, chat) ?? { participant };
}

async function proven(
  proof: IdentityProof,
  tenantId: string,
  { identity: { version } }: WebChatFeature,
  { visitorKey, clock }: OpeningPorts,
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
  { participants, conversations }: OpeningPorts,
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

/** Who comes back, by an old token, by the company's word, or by the token that calls. */
async function returning(
  { token, visitor }: ResumeRequest,
  caller: Caller,
  chat: WebChatFeature,
  ports: OpeningPorts,
): Promise<{ participantId: string } | Refused> {
  const { tenant_id } = caller;
  if (visitor) {
    const who = await proven(visitor, tenant_id, chat, ports);
    return 'problem' in who ? who : { participantId: who.participant.participant_id };
  }
  const graceSeconds = limits.resumeDays * 86_400;
  const old =
    token === undefined
      ? undefined
      : verifyVisitorToken(token, await ports.visitorKey(), ports.clock.now(), graceSeconds);
  if (token === undefined && caller.role === 'Participant') {
    return (
      unlessNameless(participantIdOf(caller), chat) ?? { participantId: participantIdOf(caller) }
    );
  }
  if (old?.tenant_id !== tenant_id) {
    const why = token === undefined ? 'send token or visitor' : oldTokenRefused;
    return { problem: identityRefused(why) };
  }
  const { participant_id: participantId } = old;
  return unlessNameless(participantId, chat) ?? { participantId };
}

const oldTokenRefused = `the token is not one of this company’s visitors, or ended more than ${limits.resumeDays} days ago: begin a new conversation`;

/** Refuses a visitor whom nobody has named, where the company wants to know all of them. */
const unlessNameless = (participantId: string, { identity }: WebChatFeature) =>
  identity.required && !isNamed(participantId)
    ? { problem: identityRefused('this company names its visitors, and visitor is missing') }
    : undefined;

interface Shown {
  language?: string | undefined;
  pageUrl: string | undefined;
}

async function openedOf(
  { tenant_id, conversation_id, channel_id, participant_id }: Conversation,
  chat: WebChatFeature,
  shown: Shown,
  ports: OpeningPorts,
) {
  const config = await shownConfig(tenant_id, chat, shown, ports);
  const visitor = { tenant_id, participant_id };
  const { token, valid_until } = visitorToken(visitor, await ports.visitorKey(), ports.clock.now());
  const token_expires_at = isoTime(valid_until * 1000);
  return { conversation_id, channel_id, participant_id, token, token_expires_at, config };
}

async function shownConfig(
  tenantId: string,
  chat: WebChatFeature,
  { language, pageUrl }: Shown,
  { startersOf, streamingUrl }: OpeningPorts,
): Promise<ChatConfig> {
  const starters = await startersOf(tenantId);
  return configOf(chat, { language, pageUrl, starters, streamingUrl });
}
