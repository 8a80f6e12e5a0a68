import { cachedSecret } from '../../lambdas/vendors/aws/secrets.ts';
import { parseTwilioCredentials } from '../../lambdas/vendors/twilio/credentials.ts';
import {
  type Channel,
  channelSchema,
  type ReplyQueueMessage,
  replyQueueMessage,
} from '../../lambdas/whatsapp-replies/messages.ts';
import { type ReceivePorts, receiveApp } from '../../lambdas/whatsapp-replies/receive.ts';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import {
  channelAdministration,
  channelRegistry,
} from '../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { customerDirectory } from '../../lambdas/whatsapp-replies/stores/customer-directory.ts';
import { replyInbox } from '../../lambdas/whatsapp-replies/wiring.ts';
import { aQueueClient, aVault } from '../support/aws.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import type { TestTable } from '../support/table.ts';
import {
  businessAddress,
  messageFields,
  publicBaseUrl,
  type Signing,
  signedRequest,
  twilioSecret,
} from '../support/webhook.ts';

export const aChannel = (parts: Partial<Channel> = {}): Channel =>
  channelSchema.parse({
    number: businessAddress,
    company_id: 'acme',
    project_id: 'shop',
    ...parts,
  });

/** The receiving door on a table of its own or a shared one, with the queue and the secret at hand. */
export async function aReceiver(
  table: TestTable,
  baseUrl = publicBaseUrl,
  consentWords?: ReceivePorts['consentWords'],
) {
  await channelAdministration(table).add(aChannel());
  const vault = aVault(twilioSecret());
  const queue = aQueueClient();
  const log = recordedLog();
  const meter = recordedMeter();
  const app = receiveApp({
    credentials: cachedSecret(vault.client, 'twilio', parseTwilioCredentials, table.clock),
    publicBaseUrl: baseUrl,
    channels: channelRegistry(table),
    customers: customerDirectory(table),
    ...(consentWords && { consentWords }),
    inbox: replyInbox(queue.client, 'https://sqs.example/replies.fifo'),
    clock: table.clock,
    log,
    meter,
  });
  return {
    app,
    vault,
    queue,
    log,
    meter,
    /** Posts a signed message with these fields changed. */
    post: async (fields: Parameters<typeof messageFields>[0] = {}, signing: Signing = {}) =>
      documented(
        'POST',
        paths.inbound,
        await app.request(signedRequest(paths.inbound, messageFields(fields), signing)),
      ),
    /** The messages in the queue, read by the contract. */
    enqueued: (): ReplyQueueMessage[] =>
      queue.sent.map(({ MessageBody }) => replyQueueMessage.parse(JSON.parse(String(MessageBody)))),
  };
}
