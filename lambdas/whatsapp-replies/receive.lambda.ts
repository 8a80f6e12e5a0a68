import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { channelRegistry } from './adapters/channel-registry.ts';
import { customerDirectory } from './adapters/customer-directory.ts';
import { replyInbox } from './adapters/reply-queue.ts';
import { conversationsTable, twilioCredentials } from './adapters/wiring.ts';
import { receiveEnvironment } from './contract.ts';
import { receiveApp } from './receive.ts';

const log = createLog('receive');
const meter = createMeter('receive');

/** Twilio's inbound webhook and the health check. */
export const handler = httpLambda(log, meter, () => {
  const env = readEnv(receiveEnvironment);
  const table = conversationsTable(env);
  return receiveApp({
    credentials: twilioCredentials(env),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    channels: channelRegistry(table),
    customers: customerDirectory(table),
    inbox: replyInbox(queueClient(), env.REPLY_QUEUE_URL),
    clock: systemClock,
    log,
    meter,
  });
});
