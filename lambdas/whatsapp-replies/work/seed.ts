import { hasReasoning, withoutReasoning } from '../../shared/model-text.ts';
import type { ConversationStore, PastMessage } from './ports.ts';
import type { Turn } from './turn.ts';

/** A thread is seeded with as many earlier messages as OpenAI takes in one request. */
const seedMessages = 20;

/**
 * With so many characters of them at most, or a few long messages alone would make a long thread: 4,000
 * tokens of English, and about four times as many in the scripts that cost most.
 */
export const maxSeedChars = 16_000;

/** The latest messages that a new thread begins with; none where they were too long for the model, or refused. */
export async function seedOf(
  turn: Turn,
  store: Pick<ConversationStore, 'history'>,
): Promise<PastMessage[]> {
  // The first time the thread before was too long; the second time it was this seed.
  if ((turn.overflows ?? 0) > 1 || turn.without_history) return [];
  return newestWithin(unreasoned(await store.history(turn, seedMessages)), maxSeedChars);
}

/** The newest messages that have no more characters than that together, without a gap. */
export function newestWithin(messages: PastMessage[], maxChars: number): PastMessage[] {
  let chars = 0;
  const tooOld = messages.findLastIndex(({ content }) => {
    chars += content.length;
    return chars > maxChars;
  });
  return messages.slice(tooOld + 1);
}

/** The messages without reasoning that was kept of older answers; one answer may be several messages. */
function unreasoned(messages: PastMessage[]): PastMessage[] {
  const runs = Map.groupBy(messages, runOf(messages));
  return [...runs.values()].flatMap((run) => {
    const text = run.map(({ content }) => content).join('\n\n');
    if (run[0]?.role !== 'assistant' || !hasReasoning(text)) return run;
    const content = withoutReasoning(text);
    return content ? [{ role: 'assistant' as const, content }] : [];
  });
}

/** Numbers the runs of messages that one side wrote without the other. */
function runOf(messages: PastMessage[]): (message: PastMessage, index: number) => number {
  let run = 0;
  return ({ role }, index) => (role === messages[index - 1]?.role ? run : ++run);
}
