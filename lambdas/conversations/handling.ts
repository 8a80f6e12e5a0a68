import { succeeded } from '../shared/http/envelope.ts';
import type { Problem } from '../shared/http/problem.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import type { Conversation } from './conversation.ts';
import { conversationRoutes as routes } from './conversation-routes.ts';
import type { HandoverFeature } from './features.ts';
import { requestPerson } from './person-request.ts';
import type { ConversationLog } from './ports.ts';
import { mayVisit } from './visits.ts';

export interface HandlingPorts {
  conversations: Pick<ConversationLog, 'find' | 'setHandling' | 'close' | 'latest' | 'append'>;
  handover(tenantId: string): Promise<HandoverFeature>;
}

/** Serves who answers: people take conversations over and hand them back, customers ask for a person, both close. */
export function serveHandling(serve: Serve, { conversations, handover }: HandlingPorts): void {
  serve(routes.takeOver, async ({ params, body: { name, force }, caller }) => {
    const taken = await conversations.setHandling(
      { tenant_id: caller.tenant_id, ...params },
      { handling: 'person', ...byCaller(caller, name), ...(!force && { ifFree: true }) },
    );
    if (taken && taken.assignee !== caller.principal) return assigned(taken);
    return taken && answered(taken, caller);
  });

  serve(routes.handBack, async ({ params, body: { name }, caller }) => {
    const by = byCaller(caller, name);
    const key = { tenant_id: caller.tenant_id, ...params };
    const back = await conversations.setHandling(key, { handling: 'automatic', ...by });
    return back && answered(back, caller);
  });

  serve(routes.handOver, async ({ params, body: { name }, caller }) => {
    const conversation = await conversations.find({ tenant_id: caller.tenant_id, ...params });
    if (!conversation || !mayVisit(caller, conversation)) return undefined;
    const by = byCaller(caller, name);
    // A customer is told that somebody will come; a person who gives a conversation away has told them what they want.
    const waiting =
      caller.role === 'Participant'
        ? await requestPerson(conversations, conversation, by, await handover(caller.tenant_id))
        : await conversations.setHandling(conversation, { handling: 'waiting', ...by });
    return waiting && answered(waiting, caller);
  });

  serve(routes.close, async ({ params, caller }) => {
    const conversation = await conversations.find({ tenant_id: caller.tenant_id, ...params });
    if (!conversation || !mayVisit(caller, conversation)) return undefined;
    const closed = await conversations.close(conversation, caller.principal);
    return closed && answered(closed, caller);
  });
}

const byCaller = ({ principal }: Caller, name: string | undefined) => ({
  by: principal,
  ...(name !== undefined && { name }),
});

const answered = (conversation: Conversation, { role }: Caller) => {
  const { conversation_id, status, handling, last_sequence } = conversation;
  const assignee = role === 'Participant' ? null : conversation.assignee;
  return { body: succeeded({ conversation_id, status, handling, assignee, last_sequence }) };
};

const assigned = ({ assignee }: Conversation): Problem => ({
  type: 'conversation-assigned',
  title: 'Somebody else has the conversation',
  status: 409,
  detail: `${assignee} has taken it over. Take it from them with "force": true, or leave it to them.`,
});
