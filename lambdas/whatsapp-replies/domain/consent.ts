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

/** What a message that consists of such a word alone asks for; anything else is a message for the model. */
export function consentAsked(text: string): 'stop' | 'start' | undefined {
  const word = text
    .trim()
    .replace(/[.!"'“”]+$|^["'“”]+/gu, '')
    .toLowerCase();
  if (stopWords.has(word)) return 'stop';
  return startWords.has(word) ? 'start' : undefined;
}
