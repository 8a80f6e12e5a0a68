import type { HandoverFeature } from '../conversations/features.ts';
import { asksForPerson, returnsToAgent } from '../conversations/person-request.ts';
import type { ConversationLog } from '../conversations/ports.ts';
import type { Clock } from '../shared/clock.ts';
import type { ReplyPorts } from './work/ports.ts';
import { readableInputs } from './work/turn.ts';

export interface HandoverParts {
  conversations: Pick<ConversationLog, 'setHandling'>;
  handover(tenantId: string): Promise<HandoverFeature>;
  clock: Pick<Clock, 'now'>;
}

/** How customers come from the agent to a person, and back, as their company says. */
export const handoverPorts = ({
  conversations,
  handover,
  clock,
}: HandoverParts): Pick<ReplyPorts, 'handoverText' | 'returnToAgent'> => ({
  async handoverText(turn) {
    const feature = await handover(turn.company_id);
    const isAsked = readableInputs(turn).some(({ text }) => asksForPerson(text, feature));
    return isAsked ? feature.text : undefined;
  },

  async returnToAgent(conversation) {
    if (conversation.handling === 'automatic') return;
    const feature = await handover(conversation.tenant_id);
    if (!returnsToAgent(conversation, feature, clock.now())) return;
    await conversations.setHandling(conversation, {
      handling: 'automatic',
      by: 'agent:handover',
      ifLast: conversation.last_sequence,
    });
  },
});
