import { systemClock } from '../shared/clock.ts';
import { http } from '../shared/http/lambda.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { receiveEnvironment } from './environment.ts';
import { optOutWords } from './features.ts';
import { receiveApp } from './receive.ts';
import { channelRegistry } from './stores/channel-registry.ts';
import { customerDirectory } from './stores/customer-directory.ts';
import { conversationsOf, replyInbox, twilioCredentials } from './wiring.ts';

/** Twilio's inbound webhook and the health check. */
export const handler = http('receive', receiveEnvironment, (parts) => {
  const { env, log, meter } = parts;
  const { table, tenants } = conversationsOf(parts);
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
