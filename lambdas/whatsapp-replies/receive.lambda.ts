import { systemClock } from '../shared/clock.ts';
import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { receiveEnvironment } from './environment.ts';
import { optOutWords } from './features.ts';
import { receiveApp } from './receive.ts';
import { replyInbox } from './reply-queue.ts';
import { channelRegistry } from './stores/channel-registry.ts';
import { customerDirectory } from './stores/customer-directory.ts';
import { conversationsTable, retentionOf, tenantsTable, twilioCredentials } from './wiring.ts';

const log = createLog('receive');
const meter = createMeter('receive');

/** Twilio's inbound webhook and the health check. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(receiveEnvironment);
  const conversations = conversationsTable(env);
  const tenants = tenantDirectory(tenantsTable(env, conversations));
  const table = { ...conversations, retentionDays: retentionOf(tenants, env, log) };
  return receiveApp({
    credentials: twilioCredentials(env),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    channels: channelRegistry(table),
    customers: customerDirectory(table),
    consentWords: (companyId) => optOutWords.read(tenants, companyId, log),
    inbox: replyInbox(queueClient(), env.REPLY_QUEUE_URL),
    clock: systemClock,
    log,
    meter,
  });
});
