import { randomUUID } from 'node:crypto';
import { agentsIn } from '../agents/run-wiring.ts';
import { handoverOf } from '../conversations/features.ts';
import { fileReferencesOf } from '../conversations/file-content.ts';
import { systemClock } from '../shared/clock.ts';
import { httpStream } from '../shared/http/stream.ts';
import { streamEnvironment } from './environment.ts';
import { webChatOf } from './features.ts';
import { handoverBy } from './handover.ts';
import { chatClaims } from './stores/chat-claims.ts';
import { participants } from './stores/participants.ts';
import { streamLimit } from './stores/stream-limit.ts';
import { visitLimits } from './stores/visit-limits.ts';
import { streamApp } from './stream.ts';

/** The routes that stream answers to visitors on web pages. */
export const handler = httpStream('web-chat-stream', streamEnvironment, (parts) => {
  const { log } = parts;
  const access = agentsIn(parts);
  const { api, tenants, log: conversations, conversationsTable: table } = access;
  const { turns, runTurn, queue } = access;
  const handoverFeature = (tenantId: string) => handoverOf.read(tenants, tenantId, log);
  return streamApp({
    ...api,
    conversations,
    turns,
    runTurn,
    queue,
    tryOpen: streamLimit(table),
    handover: handoverBy(conversations, handoverFeature, systemClock),
    files: { references: fileReferencesOf(table) },
    chatOf: (tenantId) => webChatOf.read(tenants, tenantId),
    claims: chatClaims(table),
    participants: participants(table),
    limits: visitLimits(table),
    newId: randomUUID,
    clock: systemClock,
  });
});
