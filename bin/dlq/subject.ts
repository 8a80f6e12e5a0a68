import { readyMessage, runMessage } from '../../lambdas/email-deadlines/messages.ts';
import { waitingEvent } from '../../lambdas/events/messages.ts';
import { triageMessage } from '../../lambdas/leads/messages.ts';
import { deliveryMessage } from '../../lambdas/webhooks/messages.ts';
import {
  fieldText,
  type WaitingMessage,
  waitingMessage,
} from '../../lambdas/whatsapp-replies/messages.ts';

/** What a dead letter is about. `ids` name it, `tenant` is whose it is; never a customer's words. */
export interface Subject {
  kind: 'whatsapp' | 'email' | 'run' | 'lead' | 'event' | 'other';
  tenant?: string;
  ids: string[];
  /** In a few words. */
  what: string;
}

/** Reads whatever stands in a queue; of messages of later contexts the fields that end in `_id`. */
export function subjectOf(body: string): Subject {
  const json = parse(body);
  const onWhatsApp = waitingMessage.safeParse(json);
  if (onWhatsApp.success && onWhatsApp.data.kind !== 'event')
    return subjectOnWhatsApp(onWhatsApp.data);
  const email = readyMessage.safeParse(json);
  if (email.success) {
    const { tenant_id: tenant, run_id, email_id } = email.data;
    return { kind: 'email', tenant, ids: [email_id], what: `email ${email_id} of run ${run_id}` };
  }
  const run = runMessage.safeParse(json);
  if (run.success) {
    const { tenant_id: tenant, run_id, kind } = run.data;
    return { kind: 'run', tenant, ids: [run_id], what: `run ${run_id}, to ${kind}` };
  }
  return leadOrEvent(json) ?? otherSubject(json);
}

function subjectOnWhatsApp(message: Exclude<WaitingMessage, { kind: 'event' }>): Subject {
  const { conversation_id } = message;
  if (message.kind === 'outbound') {
    const { tenant_id: tenant, message_id: id } = message;
    const what = `a person’s message ${id} of ${conversation_id}`;
    return { kind: 'whatsapp', tenant, ids: [id], what };
  }
  const { company_id: tenant, twilio_message } = message;
  const sid = fieldText(twilio_message, 'MessageSid');
  const what = `message ${sid || '?'} of ${conversation_id}`;
  return { kind: 'whatsapp', tenant, ids: sid ? [sid] : [], what };
}

function leadOrEvent(json: unknown): Subject | undefined {
  const lead = triageMessage.safeParse(json).data;
  if (lead) {
    const id = lead.kind === 'triage' ? lead.lead.id : lead.lead_id;
    const again = lead.kind === 'again' ? ', to be classified again' : '';
    return { kind: 'lead', tenant: lead.tenant_id, ids: [id], what: `lead ${id}${again}` };
  }
  const event =
    deliveryMessage.safeParse(json).data?.detail ?? waitingEvent.safeParse(json).data?.event;
  if (!event) return undefined;
  return {
    kind: 'event',
    tenant: event.tenant_id,
    ids: [event.id],
    what: `${event.type} ${event.id}`,
  };
}

function otherSubject(json: unknown): Subject {
  if (typeof json !== 'object' || json === null) {
    return { kind: 'other', ids: [], what: 'no JSON object' };
  }
  const texts = Object.entries(json).filter(
    (entry): entry is [string, string] =>
      entry[0].endsWith('_id') && typeof entry[1] === 'string' && entry[1].length <= 256,
  );
  const tenant = texts.find(([name]) => name === 'tenant_id' || name === 'company_id')?.[1];
  const others = texts.filter(([name]) => name !== 'tenant_id' && name !== 'company_id');
  return {
    kind: 'other',
    ...(tenant !== undefined && { tenant }),
    ids: others.map(([, id]) => id),
    what: others.map(([name, id]) => `${name} ${id}`).join(', ') || 'a message without ids',
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
