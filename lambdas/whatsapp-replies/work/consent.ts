/** Words by which a company's customers end and resume messages, beside those that hold everywhere. */
export interface ConsentWords {
  stop_words: string[];
  start_words: string[];
}

/**
 * The words by which a customer ends and resumes messages: those of Twilio's own opt-out handling that no
 * customer writes in the middle of a conversation (CANCEL, END, QUIT and YES are left out), and WhatsApp's
 * button below marketing messages.
 */
const everywhere: ConsentWords = {
  stop_words: ['stop', 'stopall', 'unsubscribe', 'optout', 'revoke', 'stoppromotions'],
  start_words: ['start', 'unstop'],
};

/** Longer than any of them with its quotes, signs and hidden characters; bounds the work on hostile texts. */
const longestText = 256;

/** What a message that consists of such a word alone asks for; anything else is a message for the model. */
export function consentAsked(text: string, own?: ConsentWords): 'stop' | 'start' | undefined {
  if (text.length > longestText) return undefined;
  const word = wordOf(text);
  const isOneOf = (kind: keyof ConsentWords) =>
    word !== '' &&
    (everywhere[kind].includes(word) || own?.[kind].some((one) => wordOf(one) === word));
  if (isOneOf('stop_words')) return 'stop';
  return isOneOf('start_words') ? 'start' : undefined;
}

/** The same for full-width and spaced letters, marks that nobody sees, and signs around the word; a question stays one. */
const wordOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s_\p{Pd}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/^(?:(?!\?)[\p{P}\p{S}])+|(?:(?!\?)[\p{P}\p{S}])+$/gu, '')
    .toLowerCase();
