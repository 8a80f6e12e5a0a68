import type { Hono } from 'hono';
import { resourcePorts } from '../shared/http/resource-ports.ts';
import { serveResource } from '../shared/http/serve-resource.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { type FeedbackPorts, serveFeedback } from './feedback.ts';
import { type FilePorts, serveFiles } from './files.ts';
import { type HandlingPorts, serveHandling } from './handling.ts';
import { serveInbox } from './inbox.ts';
import { macros } from './macros.ts';
import { messageKeys, type PersonPorts, servePersonMessages } from './person-writes.ts';
import type { ConversationLog } from './ports.ts';
import { serveClientEvents } from './record-client-events.ts';
import { resources } from './routes.ts';
import { serveSessions } from './sessions.ts';
import { fileStore } from './stores/file-store.ts';
import { inboxStore } from './stores/inbox-store.ts';
import type { ConversationsTable } from './stores/keys.ts';

export interface ConversationsPorts
  extends ApiDependencies,
    Pick<HandlingPorts, 'handover'>,
    Pick<FeedbackPorts, 'events'>,
    Pick<FilePorts, 'objects' | 'fileBounds' | 'newId'>,
    Pick<PersonPorts, 'send'> {
  table: ConversationsTable;
  conversations: ConversationLog;
}

/** The routes of this context. */
export function conversationsApp(ports: ConversationsPorts): Hono {
  const { table, conversations, clock } = ports;
  const { app, serve } = protectedApp(ports);
  serveInbox(serve, { conversations, inbox: inboxStore(table) });
  serveHandling(serve, ports);
  const { store } = resourcePorts(macros, table);
  const macroText = async (tenantId: string, id: string) =>
    (await store.find(tenantId, id.toLowerCase()))?.body['text'] as string | undefined;
  const files = fileStore(table);
  servePersonMessages(serve, { ...ports, files, macroText, clock, keys: messageKeys(table) });
  serveFiles(serve, { ...ports, files });
  serveFeedback(serve, ports);
  for (const resource of resources) serveResource(serve, resource, resourcePorts(resource, table));
  serveSessions(serve, table);
  serveClientEvents(serve, table);
  return app;
}
