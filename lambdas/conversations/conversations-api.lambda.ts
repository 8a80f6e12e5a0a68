import { randomUUID } from 'node:crypto';
import { http } from '../shared/http/lambda.ts';
import { enqueue } from '../shared/queue/enqueue.ts';
import { objectsClient, queueClient } from '../vendors/aws/clients.ts';
import { objectStore } from '../vendors/aws/objects.ts';
import { webChatOf } from '../web-chat/features.ts';
import { conversationsApp } from './conversations-api.ts';
import { apiEnvironment } from './environment.ts';
import { handoverOf } from './features.ts';
import { fileBounds } from './file-bounds.ts';
import { conversationsOf } from './wiring.ts';

/** Where a company has no chat on its pages. */
const usualBounds = fileBounds.parse({});

/** All routes of this context. */
export const handler = http('conversations-api', apiEnvironment, (parts) => {
  const { env } = parts;
  const client = queueClient();
  const {
    api,
    tenants,
    events,
    conversationsTable: table,
    log: conversations,
  } = conversationsOf(parts, { client, queueUrl: env.WHATSAPP_OUTBOUND_QUEUE_URL });
  return conversationsApp({
    ...api,
    table,
    conversations,
    events,
    objects: objectStore({ client: objectsClient(), bucket: env.FILES_BUCKET }),
    fileBounds: async (tenantId) => (await webChatOf.read(tenants, tenantId))?.files ?? usualBounds,
    newId: randomUUID,
    handover: (tenantId) => handoverOf.read(tenants, tenantId, parts.log),
    send: (message) =>
      enqueue(client, env.WHATSAPP_OUTBOUND_QUEUE_URL, {
        body: message,
        groupId: message.conversation_id,
        deduplicationId: message.message_id,
      }),
  });
});
