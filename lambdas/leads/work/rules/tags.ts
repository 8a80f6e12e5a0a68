import { type Intent, intents, type Priority } from '../insight.ts';
import type { Signal } from './phrases/phrase.ts';
import type { Reading } from './reading.ts';
import type { Word } from './words.ts';

/** All tags that a judgement can carry. */
export const tags = [
  'urgent',
  'enterprise',
  'budget-approved',
  'several-intents',
  'harm',
  'complaint',
  'cancellation',
  'refund',
  'pricing',
  'demo',
  'trial',
  'no-hurry',
  'integration',
  'press',
  'legal',
  'security',
  'not-english',
  'automatic',
] as const;
type Tag = (typeof tags)[number];

const bySignal: Partial<Record<Signal, Tag>> = {
  urgent: 'urgent',
  many: 'enterprise',
  budget: 'budget-approved',
  harm: 'harm',
  complaint: 'complaint',
  cancellation: 'cancellation',
  refund: 'refund',
  pricing: 'pricing',
  demo: 'demo',
  trial: 'trial',
  calm: 'no-hurry',
  integration: 'integration',
  press: 'press',
  legal: 'legal',
  security: 'security',
};
const maxTags = 8;
/** From this score on, words of the lexicon would carry another intent alone. */
const strong = 3;

/** What counts in the mouth of a customer or buyer alone: sellers hurry, and count seats, for themselves. */
const ofCustomers: readonly Signal[] = ['urgent', 'many', 'budget', 'harm'];

/** The tags of a note, the most telling first, at most eight. */
export function tagsOf(
  { cues, words, choice }: Reading,
  intent: Intent,
  priority: Priority,
): Tag[] {
  const signals = new Set(cues.flatMap(({ signal }) => signal ?? []));
  if (intent === 'spam') for (const each of ofCustomers) signals.delete(each);
  const found = new Set([...signals].map((signal) => bySignal[signal]));
  if (intent === 'support' && priority === 'P0') found.add('harm');
  if (signals.has('calm')) found.delete('urgent');
  if (intents.some((each) => each !== intent && choice.scores[each] >= strong))
    found.add('several-intents');
  if (!isEnglish(words)) found.add('not-english');
  return tags.filter((tag) => found.has(tag)).slice(0, maxTags);
}

const foreign = new Set(
  (
    'besoin necesito brauchen brauche preciso precisamos ich wir sie und der die das ein eine fur bitte mit ist nicht guten hallo danke bei el los las una para por que con gracias hola es su mi nos ' +
    'je vous nous le les un une pour avec est merci bonjour votre et des du o os um uma voce obrigado ola bom dia gostaria il gli di per grazie buongiorno salve ' +
    'vorrei che siamo sono een het voor wat van dla prosze'
  ).split(' '),
);
const english = new Set(
  'the a an i we you is are to for of and in it my our your do can how what with this that not please need want have'.split(
    ' ',
  ),
);

/** Whether a note is more English than not; a few words without either count as English. */
function isEnglish(words: readonly Word[]): boolean {
  const count = (matches: (text: string) => boolean) =>
    words.filter(({ text }) => matches(text)).length;
  const otherScript = count((text) => /[^\p{Script=Latin}\p{N}\p{M}]/u.test(text));
  if (otherScript * 2 > words.length) return false;
  return count((text) => foreign.has(text)) <= count((text) => english.has(text));
}
