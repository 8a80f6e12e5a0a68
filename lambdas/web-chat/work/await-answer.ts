import type { Turn, TurnEvent, TurnOutcome } from '../../agents/ports.ts';
import { limits } from '../limits.ts';
import type { WebChatPorts } from './ports.ts';
import type { Posted } from './post-message.ts';

/** The answer to a message as it is when the waiting ends. */
export interface Answer {
  /** Of the answer's message; null where there is none. */
  sequence: number | null;
  response: string | null;
  tool_calls: { tool: string; args: unknown }[];
  /** Null while it runs. */
  outcome: TurnOutcome | null;
}

type Ports = Pick<WebChatPorts, 'turns' | 'conversations' | 'clock'>;

/** Waits for the turn that answers a message, which may follow another one, and for its end; for so long at most. */
export async function awaitAnswer(posted: Posted, ports: Ports): Promise<Answer> {
  const { clock, turns, conversations } = ports;
  const until = clock.now() + limits.actionWaitSeconds * 1_000;
  let { turn, conversation } = posted;
  const events: TurnEvent[] = [];
  for (;;) {
    if (conversation.handling !== 'automatic') return { ...ended, outcome: 'withheld' };
    turn ??= await turns.covering(conversation, posted.message.sequence);
    if (turn) {
      events.push(
        ...(await turns.events(conversation, turn.turn_id, events.at(-1)?.sequence ?? 0)),
      );
      const answer = answerIn(events);
      if (answer) return answer;
      // Its events have expired: its message has not.
      if (turn.state === 'ended' && events.length === 0) return inLog(posted, turn, conversations);
    }
    if (clock.now() + limits.actionPollMs > until) return { ...answerSoFar(events), outcome: null };
    await clock.sleep(limits.actionPollMs);
    if (!turn) conversation = (await conversations.find(conversation)) ?? conversation;
  }
}

const ended: Answer = { sequence: null, response: null, tool_calls: [], outcome: null };

const answerSoFar = (events: readonly TurnEvent[]): Answer => ({
  ...ended,
  tool_calls: events.flatMap((one) => (one.event === 'tool_call' ? [one.value] : [])),
});

/** How many messages are looked through for the answer that follows another. */
const lookedThrough = 100;

async function inLog(
  { conversation, message: { sequence } }: Posted,
  { turn_id, outcome = 'answered' }: Turn,
  conversations: WebChatPorts['conversations'],
): Promise<Answer> {
  const page = { after: sequence, limit: lookedThrough };
  const behind = await conversations.messages(conversation, page);
  const found = behind.find((one) => one.role === 'assistant' && one.turn_id === turn_id);
  return { ...ended, sequence: found?.sequence ?? null, response: found?.text ?? null, outcome };
}

/** Undefined until the turn has ended. */
function answerIn(events: readonly TurnEvent[]): Answer | undefined {
  const last = events.at(-1);
  const soFar = answerSoFar(events);
  if (last?.event === 'error') return { ...soFar, response: last.value, outcome: 'failed' };
  if (last?.event !== 'complete') return undefined;
  const { message, outcome } = last;
  return {
    ...soFar,
    sequence: message?.sequence ?? null,
    response: message?.text ?? null,
    outcome,
  };
}
