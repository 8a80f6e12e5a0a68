import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { counted } from '../../lambdas/shared/plural.ts';
import type { Table } from '../../lambdas/shared/store/table.ts';
import { messageStatuses } from '../../lambdas/whatsapp-replies/messages.ts';
import { keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import {
  type ReplyPart,
  replyText,
  type Turn,
  userText,
} from '../../lambdas/whatsapp-replies/work/turn.ts';
import { deadBy, historySteps, inOrder, type Step, stepAt, type Timeline } from './step.ts';

/** What happened to the messages that a turn answers, and to its reply. */
export async function whatsAppTimeline(
  turn: Turn,
  table: Table,
  reveal: boolean,
): Promise<Timeline> {
  const parts = await Promise.all(
    turn.parts.map((part, index) => partSteps(turn, part, index, table)),
  );
  return {
    title: `${turn.company_id}: turn ${turn.turn_id} of ${turn.conversation_id}`,
    state: stateOf(turn),
    steps: inOrder([
      ...turn.inputs.flatMap(({ received_at, message_sid }) =>
        stepAt(received_at, `received and queued: ${message_sid}`),
      ),
      ...stepAt(turn.created_at, 'begun: taken from the queue'),
      ...modelSteps(turn),
      ...historySteps(turn.history),
      ...stepAt(
        composedAt(turn),
        `answered: ${turn.outcome}, in ${counted(turn.parts.length, 'message')}`,
      ),
      ...parts.flat(),
      ...(turn.state === 'recorded' ? stepAt(turn.updated_at, 'recorded') : []),
    ]),
    ...(turn.state !== 'recorded' && {
      open: `dlq show whatsapp-replies --id ${turn.turn_id}`,
      dead: deadBy(turn.history) !== undefined,
    }),
    ...(reveal && { words: { customer: userText(turn), reply: replyText(turn) } }),
  };
}

/** A run counts from when it was asked for, unless a doubt came between. */
function modelSteps({ run }: Turn): Step[] {
  const asked = stepAt(run?.claimed_at, 'the model is asked');
  if (!run?.run_id) return asked;
  const there = stepAt(run.started_at, `the model is asked: run ${run.run_id}`);
  return run.started_at === run.claimed_at ? there : [...asked, ...there];
}

/** A reply's messages are named after the moment when it was written. */
const composedAt = ({ parts }: Turn): string | undefined => parts[0]?.message_key.split('#')[0];

async function partSteps(
  turn: Turn,
  part: ReplyPart,
  index: number,
  table: Table,
): Promise<Step[]> {
  const name = `message ${index + 1}${part.message_sid ? ` (${part.message_sid})` : ''}`;
  const { Item: item = {} } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.reply(turn, part.message_key) }),
  );
  const code = item['error_code'] ?? part.error_code;
  const why = code === undefined ? '' : `, error ${code}`;
  const reported = messageStatuses.flatMap((status) =>
    stepAt(item[`${status}_at`] as string | undefined, `${name}: Twilio says ${status}${why}`),
  );
  const latest =
    reported.length > 0
      ? []
      : stepAt(
          item['status_updated_at'] as string | undefined,
          `${name}: Twilio says ${item['status']}${why}`,
        );
  return [
    ...stepAt(part.claimed_at, `${name}: handed to Twilio`),
    ...stepAt(part.sent_at, `${name}: taken by Twilio`),
    ...reported,
    ...latest,
    ...(part.state === 'rejected'
      ? stepAt(turn.updated_at, `${name}: refused by Twilio${why}`)
      : []),
  ];
}

function stateOf(turn: Turn): string {
  const { state, outcome, attempts, slowed, updated_at } = turn;
  if (state === 'recorded') return `over (${outcome})`;
  const code = deadBy(turn.history);
  if (code) return `not over: a dead letter (${code}) after the step "${state}"`;
  if (state === 'received' && slowed) {
    return `not over: waits since the customer writes faster than is answered, looked at last at ${updated_at}`;
  }
  const tries = attempts > 0 ? `, ${counted(attempts, 'attempt')}` : '';
  return `not over: last recorded step "${state}" at ${updated_at}${tries}`;
}
