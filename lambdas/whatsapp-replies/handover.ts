import { handoverOf } from '../conversations/features.ts';
import { asksForPerson, returnsToAgent } from '../conversations/person-request.ts';
import type { ConversationLog } from '../conversations/ports.ts';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { TenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import type { ReplyPorts } from './work/ports.ts';
import { readableInputs } from './work/turn.ts';

export interface HandoverParts {
  conversations: Pick<ConversationLog, 'setHandling'>;
  tenants: TenantDirectory;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** How customers come from the agent to a person, and back, as their company says. */
export const handoverPorts = ({
  conversations,
  tenants,
  clock,
  log,
}: HandoverParts): Pick<ReplyPorts, 'handoverText' | 'returnToAgent'> => ({
  async handoverText(turn) {
    const handover = await handoverOf.read(tenants, turn.company_id, log);
    const isAsked = readableInputs(turn).some(({ text }) => asksForPerson(text, handover));
    return isAsked ? handover.text : undefined;
  },

  async returnToAgent(conversation) {
    if (conversation.handling === 'automatic') return;
    const handover = await handoverOf.read(tenants, conversation.tenant_id, log);
    if (!returnsToAgent(conversation, handover, clock.now())) return;
    await conversations.setHandling(conversation, { handling: 'automatic', by: 'agent:handover' });
  },
});
