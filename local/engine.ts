import path from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { configurationStore } from '../lambdas/administration/stores/configuration-store.ts';
import { credentialStore } from '../lambdas/administration/stores/credential-store.ts';
import { tenantStore } from '../lambdas/administration/stores/tenant-store.ts';
import { paths } from '../lambdas/whatsapp-replies/routes.ts';
import { channelAdministration } from '../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { apiPage } from './api-page.ts';
import type { LogSink } from './cloud/function.ts';
import { type LocalCloud, startLocalCloud } from './cloud/local-cloud.ts';
import { demoTenant, prepareDemo, type Stores } from './demo.ts';
import { type ChatStores, prepareDemoChat } from './demo-chat.ts';
import { demoShop, shopOrigin } from './demo-shop.ts';
import type { LocalSettings } from './settings.ts';
import { type MailboxSimulator, startMailboxSimulator } from './simulators/mailbox/simulator.ts';
import {
  type OpenAiSimulator,
  type OpenAiSimulatorOptions,
  startOpenAiSimulator,
} from './simulators/openai/simulator.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
  type TwilioSimulatorOptions,
} from './simulators/twilio/simulator.ts';

export interface EngineOptions {
  settings: LocalSettings;
  /** False: nothing is stored. */
  keep: boolean;
  /** False: no function polls the queues; true by default. */
  polls?: boolean;
  sink: LogSink;
  openai?: Omit<OpenAiSimulatorOptions, 'file' | 'apiKey'>;
  twilio?: Omit<TwilioSimulatorOptions, 'accountSid' | 'authToken' | 'webhookUrl' | 'file'>;
}

/** The product on one machine: the local cloud, and a simulator for each vendor that is not configured. */
export interface Engine extends Stores, ChatStores {
  cloud: LocalCloud;
  openai?: OpenAiSimulator;
  twilio?: TwilioSimulator;
  mailbox?: MailboxSimulator;
  /** The demo company's API key. */
  demoKey: string;
  /** The public client id of the demo company's shop. */
  demoClientId: string;
  stop(): Promise<void>;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { settings } = options;
  const file = (name: string) =>
    options.keep ? { file: path.join(settings.dataDir, 'vendors', name) } : {};
  const publicBaseUrl = (port: number) =>
    settings.publicBaseUrl.endsWith(':0') ? `http://localhost:${port}` : settings.publicBaseUrl;
  let port = settings.port;
  let demoClientId: string | undefined;
  const stops: (() => Promise<void>)[] = [];
  try {
    const openai = settings.openai.simulated
      ? await startOpenAiSimulator({ ...options.openai, ...file('openai.sqlite') })
      : undefined;
    if (openai) stops.push(() => openai.close());
    const twilio = settings.twilio.simulated
      ? await startTwilioSimulator({
          ...options.twilio,
          ...file('twilio.sqlite'),
          accountSid: settings.twilio.accountSid,
          authToken: settings.twilio.authToken,
          webhookUrl: () => publicBaseUrl(port) + paths.inbound,
          // The signature is of a tunnel's public URL, but the request goes to this machine directly.
          postTo: () => `http://127.0.0.1:${port}`,
        })
      : undefined;
    if (twilio) stops.push(() => twilio.close());
    const mailbox = settings.mailbox.simulated
      ? await startMailboxSimulator({ ...settings.mailbox, ...file('mailbox.sqlite') })
      : undefined;
    if (mailbox) stops.push(() => mailbox.close());
    const cloud = await startLocalCloud({
      port,
      ...(options.keep && { dataDir: settings.dataDir }),
      polls: options.polls ?? true,
      environment: (actualPort) => ({
        ...settings.passedOn,
        PUBLIC_BASE_URL: publicBaseUrl(actualPort),
        OPENAI_BASE_URL: openai ? `${openai.url}/v1` : settings.openai.baseUrl,
        TWILIO_BASE_URL: twilio?.url ?? settings.twilio.baseUrl,
        ...(mailbox && {
          EMAILS_URL: mailbox.fresh.emailsUrl,
          RESPOND_URL: mailbox.fresh.respondUrl,
        }),
      }),
      secrets: secretsOf(settings),
      sink: options.sink,
      before: either(
        apiPage(settings),
        demoShop(() => demoClientId),
      ),
    });
    stops.push(() => cloud.stop());
    port = cloud.port;
    const stores = storesOf(cloud);
    const keyFile = options.keep ? path.join(settings.dataDir, 'demo-key') : undefined;
    const demoKey = await prepareDemo(stores, settings.twilio.phoneNumber, keyFile);
    demoClientId = await prepareDemoChat(stores, demoTenant, [shopOrigin(port)]);
    return {
      cloud,
      ...stores,
      demoKey,
      demoClientId,
      ...(openai && { openai }),
      ...(twilio && { twilio }),
      ...(mailbox && { mailbox }),
      stop: () => stopAll(stops),
    };
  } catch (error) {
    await stopAll(stops);
    throw error;
  }
}

type Page = NonNullable<Parameters<typeof startLocalCloud>[0]['before']>;

/** The first of these pages that answers. */
const either =
  (...pages: Page[]): Page =>
  async (request, response) => {
    for (const page of pages) if (await page(request, response)) return true;
    return false;
  };

/** In reverse order: the cloud stops before the vendors that it calls. */
async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.reverse()) await stop();
}

const secretPrefix = 'replies-engine/local';

const secretsOf = ({ openai, twilio, mailbox }: LocalSettings): Record<string, string> => ({
  [`${secretPrefix}/openai-api-key/whatsapp`]: openai.apiKey,
  [`${secretPrefix}/mailbox-api-key/email`]: mailbox.apiKey,
  [`${secretPrefix}/whatsapp-credentials/twilio`]: JSON.stringify({
    twilio_account_sid: twilio.accountSid,
    twilio_auth_token: twilio.authToken,
    twilio_phone_number: twilio.phoneNumber,
  }),
});

/** The stores that the operator's commands use. */
function storesOf({ services, outputs }: LocalCloud): Stores & ChatStores {
  const client = DynamoDBDocumentClient.from(services.tables.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const table = (output: string) => ({
    client,
    name: String(outputs[output]),
    clock: { now: Date.now },
  });
  return {
    tenants: tenantStore(table('TenantsTable')),
    credentials: credentialStore(table('TenantsTable')),
    channels: channelAdministration(table('ConversationsTable')),
    configuration: configurationStore(table('TenantsTable')),
    conversationsTable: table('PlatformConversationsTable'),
  };
}
