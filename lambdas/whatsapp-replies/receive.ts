import type { Hono } from 'hono';
import { type Clock, isoTime } from '../shared/clock.ts';
import { httpApp, problemResponse } from '../shared/http/problem.ts';
import type { Channel, ReplyInbox, ReplyQueueMessage } from './messages.ts';
import { paths } from './routes.ts';
import type { ChannelRegistry } from './stores/channel-registry.ts';
import type { CustomerDirectory } from './stores/customer-directory.ts';
import type { Customer } from './stores/customer-items.ts';
import {
  bounded,
  malformedFields,
  type SignedWebhook,
  signedForm,
  type TwilioFields,
} from './twilio-webhook.ts';
import { type ConsentWords, consentAsked } from './work/consent.ts';
import { readTwilioMessage, type TwilioMessage } from './work/inbound.ts';

export interface ReceivePorts extends SignedWebhook {
  channels: ChannelRegistry;
  customers: CustomerDirectory;
  /** A company's own words that end and resume messages. */
  consentWords?: (companyId: string) => Promise<ConsentWords | undefined>;
  inbox: ReplyInbox;
  clock: Pick<Clock, 'now'>;
}

const emptyTwiml = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** The webhook for inbound WhatsApp messages: checks, names the conversation, enqueues, answers at once. */
export function receiveApp(ports: ReceivePorts): Hono {
  const app = httpApp(ports.log);
  app.get(paths.health, (c) => c.json({ status: 'ok' }));
  app.post(paths.inbound, bounded(), async (c) => {
    const fields = await signedForm(c, ports);
    if (fields instanceof Response) return fields;
    const message = readTwilioMessage(fields);
    const { messageSid: MessageSid, from: From, to: To } = message;
    const names = { MessageSid, From, To };
    const missing = Object.entries(names).flatMap(([name, value]) => (value ? [] : name));
    if (missing.length > 0) {
      return problemResponse(c, {
        type: 'fields-missing',
        title: 'Fields are missing',
        status: 400,
        detail: `The form lacks ${missing.join(', ')}.`,
      });
    }
    const malformed = malformedFields(c, names);
    if (malformed) return malformed;
    const channel = await ports.channels.find(To);
    if (!channel) {
      ports.meter.count('UnknownChannel');
      ports.log.warn('A message came for a number that is not registered.', {
        business_number: To,
        message_sid: MessageSid,
      });
      return problemResponse(c, {
        type: 'unknown-channel',
        title: 'The number is not registered',
        status: 404,
        detail: `No company has ${To}. Register it: npm run channels -- add.`,
      });
    }
    await enqueue(message, fields, channel, ports);
    return c.body(emptyTwiml, 200, { 'content-type': 'text/xml' });
  });
  return app;
}

async function enqueue(
  message: TwilioMessage,
  fields: TwilioFields,
  channel: Channel,
  ports: ReceivePorts,
): Promise<void> {
  const [address, ...others] = message.addresses;
  const customer = await ports.customers.customerOf(channel, address, others);
  const consent = await changeConsent(message, channel, customer, ports);
  const queued: ReplyQueueMessage = {
    twilio_message: { Body: '', ...fields },
    conversation_id: customer.conversation_id,
    ...(customer.thread_id && { thread_id: customer.thread_id }),
    company_id: channel.company_id,
    project_id: channel.project_id,
    received_at: isoTime(ports.clock.now()),
    ...(consent && { consent }),
  };
  await ports.inbox.put(queued, message.messageSid);
  ports.meter.count('MessagesReceived');
  ports.log.info('A message was received.', {
    company_id: channel.company_id,
    conversation_id: customer.conversation_id,
    message_sid: message.messageSid,
  });
}

/** STOP takes effect at once, before what is queued; START only ends an opt-out, else it is a message like any other. */
async function changeConsent(
  { messageSid, from, said }: TwilioMessage,
  channel: Channel,
  customer: Customer,
  ports: ReceivePorts,
): Promise<'started' | 'stopped' | undefined> {
  const asked = consentIn(said, await ports.consentWords?.(channel.company_id));
  // The webhook comes again because enqueuing failed: the change is made, the message is still owed.
  if (asked && customer.consent_sids?.at(-1) === messageSid) return consentOf(asked);
  const changes = asked === 'stop' || (asked === 'start' && customer.opted_out);
  if (!changes) return undefined;
  const change = { customer, optedOut: asked === 'stop', messageSid };
  const changed = await ports.customers.setOptOut(channel, from, change);
  if (!changed) return undefined;
  ports.meter.count(asked === 'stop' ? 'OptedOut' : 'OptedIn');
  return consentOf(asked);
}

/** STOP in one of several texts outweighs START in another. */
function consentIn(said: string[], own?: ConsentWords): 'stop' | 'start' | undefined {
  const asked = said.map((text) => consentAsked(text, own));
  return asked.find((one) => one === 'stop') ?? asked.find((one) => one === 'start');
}

const consentOf = (asked: 'stop' | 'start') => (asked === 'stop' ? 'stopped' : 'started');
