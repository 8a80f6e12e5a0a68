import { turnStore } from '../../lambdas/agents/stores/turn-store.ts';
import { coveringTurn, type TurnRecord } from '../../lambdas/agents/work/turn-record.ts';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { counted } from '../../lambdas/shared/plural.ts';
import type { Table } from '../../lambdas/shared/store/table.ts';
import { inOrder, type Step, stepAt, type Timeline } from './step.ts';

/** As many messages as are looked at behind the one that has begun a turn. */
const maxMessages = 200;

interface Wanted {
  company: string;
  conversation: string;
  /** `turn-12`, or the message that it answers, by its sequence. */
  id: string;
}

export const isWebTurn = (id: string): boolean => /^(turn-)?\d+$/.test(id);

/** What happened to a turn of a conversation on a web page; undefined where there is none. */
export async function webTimeline(
  { company, conversation, id }: Wanted,
  table: Table,
  reveal: boolean,
): Promise<Timeline | undefined> {
  const key = { tenant_id: company, conversation_id: conversation };
  // Nothing is written, so that no expiry is asked for.
  const readOnly = { ...table, retentionDays: async () => 1 };
  const record = await turnStore(readOnly).find(key);
  const turn = record && coveringTurn(record, Number(id.replace('turn-', '')));
  if (!turn) return undefined;
  const first = Number(turn.turn_id.replace('turn-', ''));
  const messages = await conversationLog(readOnly).messages(key, {
    after: first - 1,
    limit: maxMessages,
  });
  const asked = messages.filter(
    ({ role, sequence }) => role === 'user' && sequence <= turn.through_sequence,
  );
  const answer = messages.find(({ message_id }) => message_id === `${turn.turn_id}:answer`);
  const isOver = turn.state === 'ended';
  // Of a turn that others have followed, less is remembered.
  const more = record.turn_id === turn.turn_id ? record : undefined;
  return {
    title: `${company}: ${turn.turn_id} of ${conversation}`,
    state: isOver ? `over (${turn.outcome ?? 'ended'}${codeOf(more)})` : stateOf(record),
    steps: inOrder([
      ...asked.flatMap(({ created_at, sequence }) =>
        stepAt(created_at, `received: message ${sequence}`),
      ),
      ...stepAt(turn.created_at, 'begun'),
      ...modelSteps(more),
      ...stepAt(answer?.created_at, `${turn.outcome ?? 'answered'}: message ${answer?.sequence}`),
    ]),
    ...(!isOver && { open: 'dlq show turns' }),
    ...(reveal && { words: { customer: textOf(asked), reply: answer?.text ?? '' } }),
  };
}

const textOf = (messages: readonly Message[]): string =>
  messages.map(({ text }) => text).join('\n');

const codeOf = (record: TurnRecord | undefined): string =>
  record?.ending?.code === undefined ? '' : `, ${record.ending.code}`;

function modelSteps(record: TurnRecord | undefined): Step[] {
  const { asked_at, run_id, agent } = record ?? {};
  const whom = agent === undefined ? '' : ` as ${agent}`;
  return stepAt(asked_at, `the model is asked${whom}${run_id ? `: run ${run_id}` : ''}`);
}

function stateOf({ lease_until, attempts, failures, stop_requested }: TurnRecord): string {
  const until = lease_until > 0 ? `its lease ends at ${new Date(lease_until).toISOString()}, ` : '';
  const asked = stop_requested ? ', asked to stop' : '';
  return `not over: ${until}${counted(attempts, 'claim')}, ${counted(failures, 'failure')} of the model${asked}`;
}
