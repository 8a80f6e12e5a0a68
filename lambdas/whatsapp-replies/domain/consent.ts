/**
 * The words by which a customer ends and resumes messages: those of Twilio's own opt-out handling
 * that no customer writes in the middle of a conversation (CANCEL, END, QUIT and YES are left out).
 */
const stopWords = new Set([
  'stop',
  'stopall',
  'stop all',
  'unsubscribe',
  'optout',
  'opt out',
  'revoke',
]);
const startWords = new Set(['start', 'unstop']);

/** Longer than any of them with its quotes and signs; bounds the work on hostile texts. */
const longestWord = 64;

/** What a message that consists of such a word alone asks for; anything else is a message for the model. */
export function consentAsked(text: string): 'stop' | 'start' | undefined {
  if (text.length > longestWord) return undefined;
  const word = text.replace(/[\s.!"'“”]+$|^[\s"'“”]+/gu, '').toLowerCase();
  if (stopWords.has(word)) return 'stop';
  return startWords.has(word) ? 'start' : undefined;
}
