import { http } from '../shared/http/lambda.ts';
import { enqueue } from '../shared/queue/enqueue.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { conversationsApp } from './conversations-api.ts';
import { apiEnvironment } from './environment.ts';
import { handoverOf } from './features.ts';
import { conversationsOf } from './wiring.ts';

/** All routes of this context. */
export const handler = http('conversations-api', apiEnvironment, (parts) => {
  const { env, log } = parts;
  const { api, tenants, conversationsTable: table, conversations } = conversationsOf(parts);
  const client = queueClient();
  return conversationsApp({
    ...api,
    table,
    conversations,
    handover: (tenantId) => handoverOf.read(tenants, tenantId, log),
    send: (message) =>
      enqueue(client, env.WHATSAPP_OUTBOUND_QUEUE_URL, {
        body: message,
        groupId: message.conversation_id,
        deduplicationId: message.message_id,
      }),
  });
});
