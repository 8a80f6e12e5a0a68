import type { ConversationKey } from '../conversations/conversation.ts';
import type { ConversationLog } from '../conversations/ports.ts';
import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts } from '../shared/queue/consumer.ts';
import { done, type Outcome } from '../shared/queue/outcome.ts';
import { limits } from './limits.ts';
import { turnMessage } from './messages.ts';
import type { ComingMessage, RunTurn, Turns } from './ports.ts';

/** How soon a message comes back whose turn another works on, at least and at most. */
const [soonSeconds, latestSeconds] = [1, 60];

interface TurnConsumerPorts {
  turns: Pick<Turns, 'begin'>;
  runTurn: RunTurn;
  conversations: Pick<ConversationLog, 'find' | 'messages'>;
}

/**
 * Answers the messages that nobody else answers: a message stays in the queue until a turn that covers it has ended, so
 * that one of whoever has died on the way is continued.
 */
export const turnConsumer = (
  { turns, runTurn, conversations }: TurnConsumerPorts,
  parts: ConsumerParts,
): Consume =>
  consume(parts, {
    schema: turnMessage,
    order: 'parallel',
    tenantOf: ({ tenant_id }) => tenant_id,
    idsOf: ({ tenant_id, conversation_id }) => ({ tenant_id, conversation_id }),
    failed: 'A turn could not be worked on; it is tried again.',
    limits,

    async handle({ message, tries }, invocation) {
      const { tenant_id, conversation_id } = message;
      const key = { tenant_id, conversation_id };
      const sequence =
        'sequence' in message ? message.sequence : await sequenceOf(key, message, conversations);
      if (sequence === 'withheld') return done;
      if (sequence === undefined) return lookedFor(tries);
      for (;;) {
        const turn = await turns.begin(key, sequence, 'queued');
        if (turn?.state === 'ended') return done;
        const progress = await runTurn(key, invocation);
        if (progress.kind !== 'waits') continue;
        const seconds = Math.ceil(progress.forMs / 1000);
        const afterSeconds = Math.min(latestSeconds, Math.max(soonSeconds, seconds));
        return { kind: 'retry', afterSeconds };
      }
    },
  });

/** Messages that may have come between when one was expected and when it was written. */
const mostBetween = 1_000;

/** Where the message is, once it is written; withheld where nobody answers it automatically. */
async function sequenceOf(
  key: ConversationKey,
  { message_id, after }: ComingMessage,
  conversations: TurnConsumerPorts['conversations'],
): Promise<number | 'withheld' | undefined> {
  const behind = await conversations.messages(key, { after, limit: mostBetween });
  const found = behind.find((one) => one.message_id === message_id);
  if (!found) return undefined;
  const conversation = await conversations.find(key);
  return conversation?.handling === 'automatic' ? found.sequence : 'withheld';
}

/** The first looks come at once: whoever writes the message is at it. */
const looksAtOnce = 3;

/** A message that is not written yet is looked for again, until whoever was to write it has surely died. */
function lookedFor(tries: number): Outcome {
  if (tries >= limits.looksForMessage) return done;
  const afterSeconds = Math.min(latestSeconds, Math.floor(2 ** (tries - looksAtOnce - 1)));
  return { kind: 'retry', afterSeconds };
}
