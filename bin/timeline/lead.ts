import { leadLists } from '../../lambdas/leads/stores/lead-lists.ts';
import { leadStore } from '../../lambdas/leads/stores/lead-store.ts';
import type { StoredInsight, StoredLead } from '../../lambdas/leads/work/lead.ts';
import type { Table } from '../../lambdas/shared/store/table.ts';
import { deadBy, historySteps, inOrder, stepAt, type Timeline } from './step.ts';

/** Earlier insights that are looked at. */
const maxReplaced = 50;

/** What happened to a lead; undefined when there is none. */
export async function leadTimeline(
  company: string,
  leadId: string,
  table: Table,
  reveal: boolean,
): Promise<Timeline | undefined> {
  const lead = await leadStore(table).find(company, leadId);
  if (!lead) return undefined;
  const { insight } = lead;
  const before = insight ? await leadLists(table).replaced(lead, insight.version, maxReplaced) : [];
  const insights = insight ? [...before, insight] : before;
  return {
    title: `${company}: lead ${leadId}`,
    state: stateOf(lead),
    steps: inOrder([
      ...stepAt(lead.created_at, 'received and queued'),
      ...historySteps(lead.history),
      ...insights.flatMap((one) => stepAt(one.created_at, classifiedBy(one))),
    ]),
    ...(!insight && {
      open: `dlq show leads --id ${leadId}`,
      dead: deadBy(lead.history) !== undefined,
    }),
    ...(reveal && { words: { note: lead.note } }),
  };
}

function stateOf({ insight, history, announced_version = 0 }: StoredLead): string {
  if (insight) {
    const { intent, priority, version } = insight;
    const unpublished = announced_version >= version ? '' : ', which nobody has been told of yet';
    return `classified: ${intent}, ${priority}${unpublished}`;
  }
  const code = deadBy(history);
  return code ? `not classified: a dead letter (${code})` : 'not classified yet';
}

function classifiedBy({
  version,
  adapter,
  intent,
  priority,
  fallback_reason,
}: StoredInsight): string {
  const reason = fallback_reason ? `, in place of a model: ${fallback_reason}` : '';
  return `classified (${version}): ${intent}, ${priority}, by ${adapter}${reason}`;
}
