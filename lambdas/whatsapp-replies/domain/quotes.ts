import type { QueuedMessage } from './answer-group.ts';
import { type Inbound, quoteLine } from './inbound.ts';
import type { ConversationStore, PastMessage } from './ports.ts';
import { inputText } from './turn.ts';

type Store = Pick<ConversationStore, 'messageBySid'>;

/** The messages, each with the words of the earlier one that it replies to as part of its text. */
export function withQuotes(messages: QueuedMessage[], store: Store): Promise<QueuedMessage[]> {
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
  store: Store,
): Promise<PastMessage | undefined> {
  const beside: Inbound | undefined = messages
    .map(({ inbound }) => inbound)
    .find(({ message_sid }) => message_sid === sid);
  if (beside) return { role: 'user', content: inputText(beside) };
  return store.messageBySid({ company_id, conversation_id, turn_id: sid }, sid);
}
