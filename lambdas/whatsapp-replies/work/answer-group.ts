import { withoutReasoning } from '../../shared/model-text.ts';
import { done, type Outcome } from '../../shared/queue/outcome.ts';
import { attempt } from './attempt.ts';
import { type Inbound, quotation } from './inbound.ts';
import type { PastMessage, ReplyPorts, TurnInvocation } from './ports.ts';
import { inputText, type Turn } from './turn.ts';

/** One inbound message of the batch, parsed. */
export interface QueuedMessage {
  company_id: string;
  project_id: string;
  conversation_id: string;
  thread_id?: string;
  customer: string;
  business_number: string;
  inbound: Inbound;
}

/**
 * Answers the waiting messages of one conversation, oldest first; those that wait together by one
 * run. When one comes back, all that are not done come back with it, so that their order holds.
 */
export async function answerGroup(
  messages: QueuedMessage[],
  ports: ReplyPorts,
  invocation: TurnInvocation,
): Promise<Outcome[]> {
  const outcomes = new Map<QueuedMessage, Outcome>();
  let pending = messages;
  while (pending.length > 0) {
    const { turn, merged } = await openTurn(pending, ports);
    const outcome = turn ? await attempt(turn, ports, invocation) : done;
    const settled = outcome.kind === 'retry' ? pending : merged;
    for (const message of settled) outcomes.set(message, outcome);
    pending = pending.filter((message) => !settled.includes(message));
  }
  return messages.map((message) => outcomes.get(message) ?? done);
}

/** The turn that the first message belongs to, or a new one for all that wait; none if it was answered before. */
async function openTurn(
  pending: QueuedMessage[],
  ports: ReplyPorts,
): Promise<{ turn?: Turn; merged: QueuedMessage[] }> {
  const turns = await Promise.all(pending.map((message) => ports.store.turnOf(keyOf(message))));
  const first = turns[0];
  if (first) {
    const merged = pending.filter((message, index) => index === 0 || isIn(first, message));
    return first.state === 'recorded' ? { merged } : { turn: first, merged };
  }
  const taken = turns.findIndex((turn) => turn !== undefined);
  const fresh = taken === -1 ? pending : pending.slice(0, taken);
  const created = newTurn(await withQuotes(fresh, ports), ports.clock.now());
  if (!(await ports.store.createTurn(created))) return openTurn(pending, ports);
  return { turn: created, merged: fresh };
}

const isIn = (turn: Turn, message: QueuedMessage): boolean =>
  turn.inputs.some((input) => input.message_sid === message.inbound.message_sid);

const keyOf = (message: QueuedMessage) => ({
  company_id: message.company_id,
  conversation_id: message.conversation_id,
  turn_id: message.inbound.message_sid,
});

function newTurn(messages: QueuedMessage[], now: number): Turn {
  const [first] = messages;
  if (!first) throw new Error('Expected a turn of at least one message, got none.');
  const time = new Date(now).toISOString();
  const unique = new Map(messages.map(({ inbound }) => [inbound.message_sid, inbound]));
  return {
    ...keyOf(first),
    project_id: first.project_id,
    customer: first.customer,
    business_number: first.business_number,
    state: 'received',
    version: 0,
    attempts: 0,
    lease_until: 0,
    inputs: [...unique.values()],
    ...(first.thread_id && { thread_id: first.thread_id }),
    parts: [],
    created_at: time,
    updated_at: time,
  };
}

/** The messages, each with the words of the earlier one that it replies to as part of its text. */
function withQuotes(messages: QueuedMessage[], { store }: ReplyPorts): Promise<QueuedMessage[]> {
  return Promise.all(
    messages.map(async (message) => {
      const { quoted_sid: sid, ...inbound } = message.inbound;
      const isRead = inbound.text !== '' || inbound.images.length > 0;
      if (!sid || !isRead) return { ...message, inbound };
      const line = quoteLine(await quotedBy(message, sid, messages, store));
      const text = [line, inbound.text].filter((part) => part !== '').join('\n');
      return { ...message, inbound: { ...inbound, text } };
    }),
  );
}

/** One that waits beside it is not recorded yet. */
async function quotedBy(
  { company_id, conversation_id }: QueuedMessage,
  sid: string,
  messages: QueuedMessage[],
  store: ReplyPorts['store'],
): Promise<PastMessage | undefined> {
  const beside: Inbound | undefined = messages
    .map(({ inbound }) => inbound)
    .find(({ message_sid }) => message_sid === sid);
  if (beside) return { role: 'user', content: inputText(beside) };
  return store.messageBySid({ company_id, conversation_id, turn_id: sid }, sid);
}

/** The line that says what the customer replies to; without a message, that there was one. */
export function quoteLine(quoted: PastMessage | undefined): string {
  const isOurs = quoted?.role === 'assistant';
  // Replies of before may have been kept with the model's reasoning.
  const content = isOurs ? withoutReasoning(quoted.content) : quoted?.content;
  if (!content) return '[Replies to an earlier message]';
  const whose = isOurs ? 'your' : 'their own';
  const words = content.replace(/^\[Replies to [^\n]*\]\n/, '');
  return `[Replies to ${whose} earlier message: ${quotation(words)}]`;
}
