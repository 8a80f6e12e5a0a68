import type { HandoverFeature } from '../conversations/features.ts';
import { asksForPerson, requestPerson, returnsToAgent } from '../conversations/person-request.ts';
import type { ConversationLog } from '../conversations/ports.ts';
import type { Clock } from '../shared/clock.ts';
import type { Handover } from './work/ports.ts';

/** How conversations come from the agent to a person and back, by what each company has set. */
export const handoverBy = (
  log: ConversationLog,
  featureOf: (tenantId: string) => Promise<HandoverFeature>,
  clock: Pick<Clock, 'now'>,
): Handover => ({
  isAskedFor: async ({ tenant_id }, text) => asksForPerson(text, await featureOf(tenant_id)),

  request: async (conversation, by) =>
    requestPerson(log, conversation, { by }, await featureOf(conversation.tenant_id)),

  async returned(conversation) {
    const feature = await featureOf(conversation.tenant_id);
    if (!returnsToAgent(conversation, feature, clock.now())) return conversation;
    const ifLast = conversation.last_sequence;
    const back = { handling: 'automatic', by: 'agent:handover', ifLast } as const;
    return (await log.setHandling(conversation, back)) ?? conversation;
  },
});
