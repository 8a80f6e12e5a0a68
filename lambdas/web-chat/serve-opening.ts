import type { Conversation } from '../conversations/conversation.ts';
import { isoTime } from '../shared/clock.ts';
import { succeeded } from '../shared/http/envelope.ts';
import { keyReused } from '../shared/http/idempotency-key.ts';
import type { Problem } from '../shared/http/problem.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { visitorToken } from '../tenancy/visitor-token.ts';
import type { WebChatFeature } from './features.ts';
import { disabled, notAllowedOn, tooMany } from './problems.ts';
import { type ChatConfig, routes } from './routes.ts';
import {
  isStaff,
  participantOf,
  type Refused,
  returning,
  type VisitorPorts,
} from './who-visits.ts';
import { addressName } from './work/address.ts';
import { beginConversation } from './work/begin-conversation.ts';
import { configOf, type Starter } from './work/chat-config.ts';
import { isAllowedOn } from './work/page.ts';
import type { WebChatPorts } from './work/ports.ts';

export interface OpeningPorts extends WebChatPorts, VisitorPorts {
  /** How the company's visitors chat; undefined where they do not. */
  chatOf(tenantId: string): Promise<WebChatFeature | undefined>;
  startersOf(tenantId: string): Promise<Starter[]>;
  widgetOrigin: string | undefined;
  streamingUrl: string;
}

interface Visit {
  caller: Caller;
  sourceIp: string;
  origin: string | undefined;
  pageUrl: string | undefined;
}

/** What comes before a conversation's messages: what a page needs to know, how one begins, and how a visitor comes back. */
export function serveOpening(serve: Serve, ports: OpeningPorts): void {
  serve(routes.info, async ({ headers, query, caller, sourceIp }) => {
    // A page that reads from where it is itself sends no Origin; only the widget is there.
    const isWidget = headers['Sec-Fetch-Site'] === 'same-origin';
    const origin = headers.Origin ?? (isWidget ? ports.widgetOrigin : undefined);
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
