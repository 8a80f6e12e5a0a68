import { randomUUID } from 'node:crypto';
import { turnsIn } from '../agents/wiring.ts';
import { handoverOf } from '../conversations/features.ts';
import { fileReferencesOf } from '../conversations/file-content.ts';
import { systemClock } from '../shared/clock.ts';
import { http } from '../shared/http/lambda.ts';
import { parseVisitorKey } from '../tenancy/visitor-token.ts';
import { secretOf } from '../vendors/aws/secrets.ts';
import { apiEnvironment } from './environment.ts';
import { webChatOf } from './features.ts';
import { handoverBy } from './handover.ts';
import { preparedFor } from './prepared.ts';
import { chatClaims } from './stores/chat-claims.ts';
import { participants } from './stores/participants.ts';
import { streamLimit } from './stores/stream-limit.ts';
import { visitLimits } from './stores/visit-limits.ts';
import { webChatApp } from './web-chat-api.ts';
import { originOf } from './work/page.ts';

/** All routes of visitors on web pages. */
export const handler = http('web-chat-api', apiEnvironment, (parts) => {
  const { env, log } = parts;
  const access = turnsIn(parts);
  const { api, tenants, turns, log: conversations, conversationsTable: table } = access;
  const handoverFeature = (tenantId: string) => handoverOf.read(tenants, tenantId, log);
  return webChatApp({
    ...api,
    ...preparedFor(table),
    conversations,
    turns,
    handover: handoverBy(conversations, handoverFeature, systemClock),
    files: { references: fileReferencesOf(table) },
    chatOf: (tenantId) => webChatOf.read(tenants, tenantId),
    claims: chatClaims(table),
    participants: participants(table),
    limits: visitLimits(table),
    tryOpen: streamLimit(table),
    visitorKey: secretOf(env, env.VISITOR_TOKEN_KEY_SECRET_ID, parseVisitorKey).get,
    widgetOrigin: originOf(env.WIDGET_URL),
    streamingUrl: env.STREAMING_URL,
    newId: randomUUID,
    clock: systemClock,
  });
});
