import { withoutReasoning } from '../../shared/model-text.ts';
import { done, type Outcome } from '../../shared/queue/outcome.ts';
import { attempt } from './attempt.ts';
import { composeWritten } from './compose.ts';
import { type Inbound, quotation } from './inbound.ts';
import type { PastMessage, ReplyPorts, TurnInvocation } from './ports.ts';
import { inputText, personTurnId, type Turn } from './turn.ts';

interface Waiting {
  company_id: string;
  project_id: string;
  conversation_id: string;
  customer: string;
  business_number: string;
}

/** One inbound message of the batch, parsed. */
export interface QueuedMessage extends Waiting {
  thread_id?: string;
  customer_name?: string;
  inbound: Inbound;
}

/** A message that a person of the company has written, and that is to go to the customer. */
export interface PersonMessage extends Waiting {
  outbound: NonNullable<Turn['person_message']> & { after: number };
}

export type WaitingMessage = QueuedMessage | PersonMessage;

/**
 * Answers the waiting messages of one conversation, oldest first; those that wait together by one
 * run. A person's message among them is passed on in its place. When one comes back, all that are not done come back
 * with it, so that their order holds.
 */
export async function answerGroup(
  messages: WaitingMessage[],
  ports: ReplyPorts,
  invocation: TurnInvocation,
): Promise<Outcome[]> {
  const outcomes = new Map<WaitingMessage, Outcome>();
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
  pending: WaitingMessage[],
  ports: ReplyPorts,
): Promise<{ turn?: Turn; merged: WaitingMessage[] }> {
  const turns = await Promise.all(pending.map((message) => ports.store.turnOf(keyOf(message))));
  const first = turns[0];
  if (first) {
    const merged = pending.filter((message, index) => index === 0 || isIn(first, message));
    return first.state === 'recorded' ? { merged } : { turn: first, merged };
  }
  const taken = turns.findIndex((turn) => turn !== undefined);
  const fresh = taken === -1 ? pending : pending.slice(0, taken);
  const { turn: created, merged } = await newTurn(fresh, ports);
  if (!(await ports.store.createTurn(created))) return openTurn(pending, ports);
  return { turn: created, merged };
}

const isIn = (turn: Turn, message: WaitingMessage): boolean =>
  'inbound' in message &&
  turn.inputs.some((input) => input.message_sid === message.inbound.message_sid);

const keyOf = (message: WaitingMessage) => ({
  company_id: message.company_id,
  conversation_id: message.conversation_id,
  turn_id:
    'inbound' in message ? message.inbound.message_sid : personTurnId(message.outbound.message_id),
});

/** A turn for the customer's messages up to a person's, or for the person's message that is the first. */
async function newTurn(
  messages: WaitingMessage[],
  ports: ReplyPorts,
): Promise<{ turn: Turn; merged: WaitingMessage[] }> {
  const [first] = messages;
  if (!first) throw new Error('Expected a turn of at least one message, got none.');
  const begun = begunTurn(first, ports.clock.now());
  if ('outbound' in first) return { turn: passedOn(begun, first), merged: [first] };
  const end = messages.findIndex((message) => 'outbound' in message);
  const merged = messages
    .slice(0, end === -1 ? undefined : end)
    .filter((message) => 'inbound' in message);
  const { conversation, after } = await ports.store.opened(begun);
  if (conversation) await ports.returnToAgent(conversation);
  const quoting = await withQuotes(merged, ports);
  const unique = new Map(quoting.map(({ inbound }) => [inbound.message_sid, inbound]));
  const turn: Turn = {
    ...begun,
    inputs: [...unique.values()],
    after,
    ...(first.thread_id && { thread_id: first.thread_id }),
    ...(first.customer_name && { customer_name: first.customer_name }),
  };
  return { turn, merged };
}

function begunTurn(message: WaitingMessage, now: number): Turn {
  const time = new Date(now).toISOString();
  return {
    ...keyOf(message),
    project_id: message.project_id,
    customer: message.customer,
    business_number: message.business_number,
    state: 'received',
    version: 0,
    attempts: 0,
    lease_until: 0,
    inputs: [],
    parts: [],
    created_at: time,
    updated_at: time,
  };
}

/** The turn that passes on what a person has written. */
const passedOn = (turn: Turn, { outbound: { after, ...written } }: PersonMessage): Turn => ({
  ...turn,
  state: 'text',
  outcome: 'written',
  person_message: written,
  after,
  parts: composeWritten(written.message_id, written.text),
});

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
