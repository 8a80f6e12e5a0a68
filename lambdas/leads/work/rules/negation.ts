import type { Match } from './match.ts';
import type { Word } from './words.ts';

const negators = new Set(
  (
    'no not dont doesnt didnt never without isnt arent wasnt wont wouldnt nor neither nobody none havent hasnt ' +
    'kein keine keinen keiner nicht ohne sin nunca jamas pas ni aucun aucune sans nao nem sem non nessun nessuna nessuno senza niet geen не нет ikke'
  ).split(' '),
);
const breakers = new Set(
  'but however just only although though except unless because so pero aber sondern mais mas ma if'.split(
    ' ',
  ),
);
const reach = 5;

/** Whether the note denies the phrase: a word such as `no` stands up to five words before it, in the same clause. */
export function isNegated(
  match: Pick<Match, 'at'>,
  words: readonly Word[],
  covered: ReadonlySet<number>,
): boolean {
  const first = match.at[0] ?? 0;
  const clause = words[first]?.clause;
  for (let index = first - 1; index >= first - reach; index--) {
    const word = words[index];
    if (!word || word.clause !== clause || breakers.has(word.text)) return false;
    if (negators.has(word.text) && !covered.has(index)) return !isQuestion(words, index);
  }
  return false;
}

/** `Don't you have a demo?` asks for one. */
function isQuestion(words: readonly Word[], index: number): boolean {
  return /^(you|we|they|there)$/.test(words[index + 1]?.text ?? '') && words[index]?.text !== 'no';
}
