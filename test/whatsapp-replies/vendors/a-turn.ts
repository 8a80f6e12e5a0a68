import type { Inbound } from '../../../lambdas/whatsapp-replies/work/inbound.ts';
import type { ReplyPart, Turn } from '../../../lambdas/whatsapp-replies/work/turn.ts';
import { businessAddress, customerAddress } from '../../support/webhook.ts';

/** One stored inbound message; its text is also its MessageSid unless that is given. */
export const anInput = (parts: Partial<Inbound> = {}): Inbound => ({
  message_sid: 'SM1',
  received_at: '2026-11-21T10:00:00.000Z',
  text: 'Where is my order?',
  images: [],
  unreadable: [],
  ...parts,
});

export const aPart = (parts: Partial<ReplyPart> = {}): ReplyPart => ({
  body: 'It is on its way.',
  message_key: '2026-11-21T10:00:02.000Z#SM1.1',
  state: 'sent',
  message_sid: 'SMreply1',
  status: 'queued',
  ...parts,
});

type Given = { [Name in keyof Turn]?: Turn[Name] | undefined };

/** A progress record as the store keeps it; an undefined field keeps its default. */
export function aTurn(given: Given = {}): Turn {
  const parts = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Turn>;
  const turnId = parts.turn_id ?? 'SM1';
  return {
    company_id: 'acme',
    project_id: 'shop',
    conversation_id: 'c_1',
    turn_id: turnId,
    customer: customerAddress,
    business_number: businessAddress,
    state: 'received',
    version: 0,
    attempts: 0,
    lease_until: 0,
    inputs: [anInput({ message_sid: turnId })],
    parts: [],
    created_at: '2026-11-21T10:00:00.000Z',
    updated_at: '2026-11-21T10:00:00.000Z',
    ...parts,
  };
}
