import { conversationsOf } from '../conversations/wiring.ts';
import { http } from '../shared/http/lambda.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { statusEnvironment } from './environment.ts';
import { statusApp } from './status.ts';
import { deliveryStore } from './stores/delivery-store.ts';
import { conversationsTable, twilioCredentials } from './wiring.ts';

/** Twilio's status callbacks. */
export const handler = http('status', statusEnvironment, (parts) => {
  const { env, log, meter } = parts;
  const fallback = { client: queueClient(), queueUrl: env.REPLY_QUEUE_URL };
  return statusApp({
    credentials: twilioCredentials(env),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    deliveries: deliveryStore(conversationsTable(env)),
    conversations: conversationsOf(parts, fallback).log,
    log,
    meter,
  });
});
