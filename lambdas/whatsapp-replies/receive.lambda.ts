import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { tenantDirectory } from '../tenancy/adapters/tenant-directory.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { channelRegistry } from './adapters/channel-registry.ts';
import { customerDirectory } from './adapters/customer-directory.ts';
import { replyInbox } from './adapters/reply-queue.ts';
import {
  consentWordsOf,
  conversationsTable,
  retentionOf,
  tenantsTable,
  twilioCredentials,
} from './adapters/wiring.ts';
import { receiveEnvironment } from './contract.ts';
import { receiveApp } from './receive.ts';

const log = createLog('receive');
const meter = createMeter('receive');

/** Twilio's inbound webhook and the health check. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(receiveEnvironment);
  const conversations = conversationsTable(env);
  const tenants = tenantDirectory(tenantsTable(env, conversations));
  const table = { ...conversations, retentionDays: retentionOf(tenants, env) };
  return receiveApp({
    credentials: twilioCredentials(env),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    channels: channelRegistry(table),
    customers: customerDirectory(table),
    consentWords: consentWordsOf(tenants),
    inbox: replyInbox(queueClient(), env.REPLY_QUEUE_URL),
    clock: systemClock,
    log,
    meter,
  });
});
