import { primaryOf } from './languages.ts';

/** A published question as visitors are shown it. */
export interface Question {
  id: string;
  question: string;
  answer: string;
  language: string;
  tags: string[];
}

/** The words of a text as they are compared: without case, accents and signs. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * The questions in a language (`pt` and `pt-BR` alike) that hold each word of what is looked for, or one that begins with
 * it; those before others whose question itself holds them.
 */
export function searchQuestions(
  all: readonly Question[],
  { language, q = '' }: { language?: string | undefined; q?: string | undefined },
  most: number,
): Question[] {
  const wanted = wordsOf(q);
  const isWanted = (one: Question) =>
    language === undefined || primaryOf(one.language) === primaryOf(language);
  const scored = all.filter(isWanted).flatMap((one) => {
    const score = scoreOf(one, wanted);
    return score === undefined ? [] : [{ one, score }];
  });
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ one }) => one);
}

/** Undefined where a word is missing; else how many of them the question has, and a little for a word as it is. */
function scoreOf({ question, answer, tags }: Question, wanted: string[]): number | undefined {
  const asked = wordsOf(question);
  const rest = [...wordsOf(answer), ...tags.flatMap(wordsOf)];
  let score = 0;
  for (const word of wanted) {
    const begins = (one: string) => one.startsWith(word);
    if (asked.includes(word)) score += 3;
    else if (asked.some(begins)) score += 2;
    else if (rest.some(begins)) score += 1;
    else return undefined;
  }
  return score;
}
