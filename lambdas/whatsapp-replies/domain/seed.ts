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
  return newestWithin(await store.history(turn, seedMessages), maxSeedChars);
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
