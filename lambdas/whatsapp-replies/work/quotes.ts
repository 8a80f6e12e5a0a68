import { withoutReasoning } from '../../shared/model-text.ts';
import { type Inbound, quotation } from './inbound.ts';
import type { ConversationStore, PastMessage } from './ports.ts';
import { inputText } from './turn.ts';

type Store = Pick<ConversationStore, 'messageBySid'>;

/** A message of a conversation that waits for its answer. */
interface Waiting {
  company_id: string;
  conversation_id: string;
  inbound: Inbound;
}

/** The messages, each with the words of the earlier one that it replies to as part of its text. */
export function withQuotes<Message extends Waiting>(
  messages: Message[],
  store: Store,
): Promise<Message[]> {
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
  { company_id, conversation_id }: Waiting,
  sid: string,
  messages: Waiting[],
  store: Store,
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
