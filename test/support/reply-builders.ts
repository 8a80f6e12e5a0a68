import { textsSchema } from '../../lambdas/agents/features.ts';
import type {
  PersonMessage,
  QueuedMessage,
} from '../../lambdas/whatsapp-replies/work/answer-group.ts';
import type { Inbound } from '../../lambdas/whatsapp-replies/work/inbound.ts';
import type { ReplyPart, Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';

export const customer = 'whatsapp:+15551230001';
export const business = 'whatsapp:+14155238886';
const startTime = '2026-11-21T10:00:00.000Z';
export const texts = textsSchema.parse({});

const owner = { company_id: 'acme', project_id: 'shop', conversation_id: 'conv-1' };

export const anInbound = (fields: Partial<Inbound> = {}): Inbound => ({
  message_sid: 'SM1',
  received_at: '2026-11-21T09:59:58.000Z',
  text: 'Where is my order?',
  images: [],
  unreadable: [],
  ...fields,
});

/** A turn that has been created and not begun; its `turn_id` is the first input's. */
export function aTurn(fields: Partial<Turn> = {}): Turn {
  const inputs = fields.inputs ?? [anInbound()];
  return {
    ...owner,
    turn_id: inputs[0]?.message_sid ?? 'SM1',
    customer,
    business_number: business,
    state: 'received',
    version: 0,
    attempts: 0,
    lease_until: 0,
    inputs,
    parts: [],
    created_at: startTime,
    updated_at: startTime,
    ...fields,
  };
}

export const aPart = (index: number, fields: Partial<ReplyPart> = {}): ReplyPart => ({
  body: `Part ${index}.`,
  message_key: `${startTime}#SM1.${index}`,
  state: 'waiting',
  ...fields,
});

/** The customer's nth message, received n seconds into the conversation's first minute. */
export function aQueuedMessage(n = 1, inbound: Partial<Inbound> = {}): QueuedMessage {
  const seconds = String(n).padStart(2, '0');
  return {
    ...owner,
    customer,
    business_number: business,
    inbound: anInbound({
      message_sid: `SM${n}`,
      received_at: `2026-11-21T09:59:${seconds}.000Z`,
      text: `Question ${n}?`,
      ...inbound,
    }),
  };
}

export const queuedMessages = (count: number): QueuedMessage[] =>
  Array.from({ length: count }, (_, index) => aQueuedMessage(index + 1));

/** The nth message of a person of the company to the customer. */
export const aPersonMessage = (n = 1, text = `Ada’s message ${n}.`): PersonMessage => ({
  ...owner,
  customer,
  business_number: business,
  outbound: {
    message_id: `msg_${n}`,
    text,
    author: { id: 'user:ada', name: 'Ada' },
    created_at: '2026-11-21T10:00:00.000Z',
    after: 0,
  },
});
