import { type Acquisition, idempotencyStore } from '../../shared/store/idempotency-store.ts';
import { expiresAt, type Table } from '../../shared/store/table.ts';
import { limits } from '../limits.ts';
import type { Claimed, ConversationClaim, MessageClaim, WebChatPorts } from '../work/ports.ts';
import { keys } from './keys.ts';

/** What the keys of visitors stand for; a message's key is one of its conversation alone. */
export function chatClaims(table: Table): WebChatPorts['claims'] {
  const begun = idempotencyStore<ConversationClaim>(table, { keyOf: keys.initiate });
  // Who repeats a request writes the same again: nothing is found, and nothing needs to be waited for.
  const find = async () => undefined;
  return {
    async message(conversation, { key, form, wanted }) {
      const { tenant_id } = conversation;
      const written = idempotencyStore<MessageClaim>(table, {
        keyOf: (_, hash) => keys.message(conversation, hash),
      });
      const expires_at = expiresAt(table.clock.now(), limits.messageKeyDays);
      const request = { key, forms: [form] as const, wanted, expires_at, find };
      return claimed(await written.acquire(tenant_id, request), 'message_id', wanted);
    },

    async conversation(tenantId, { key, form, wanted }) {
      const expires_at = Math.floor(table.clock.now() / 1000) + limits.initiateKeySeconds;
      const request = { key, forms: [form] as const, wanted, expires_at, find };
      return claimed(await begun.acquire(tenantId, request), 'conversation_id', wanted);
    },
  };
}

function claimed<Claim extends object>(
  acquisition: Acquisition<Claim, unknown>,
  id: keyof Claim,
  wanted: Claim,
): Claimed<Claim> {
  if (acquisition.kind !== 'acquired') return { kind: 'reused' };
  const { kept } = acquisition;
  return { kind: 'claimed', claim: kept, isNew: kept[id] === wanted[id] };
}
