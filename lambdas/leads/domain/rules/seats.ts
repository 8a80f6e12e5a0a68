import type { Word } from './words.ts';

/** So many seats make an enterprise. */
export const enterpriseSeats = 50;

const licences =
  /^(seat|licen|user|lizenz|nutzer|benutzer|arbeitspl|usuario|utilisateur|poste|utilizador|utent|postazion|gebruiker|uzytkownik|workstation|пользовател)/;
const people =
  /^(people|person|employee|agent|staff|worker|colleague|nurse|doctor|rep|reps|member|ppl|mitarbeiter|emplead|salarie|pessoa|funcionario|colaborador|dipendent|medewerker|man|strong|сотрудник|名|人)/;
// `We are 16` in six languages, without the apostrophe.
const weAre = new Set(['were', 'somos', 'sommes', 'sind', 'siamo']);
const maxBetween = 3;

/** A number of people who would use the product. */
export interface Seats {
  count: number;
  from: Word;
  to: Word;
}

/** The numbers of seats and people that the note names: `50 seats`, `a 90-person company`, `team of 12`. */
export function seatsIn(words: readonly Word[]): Seats[] {
  return words.flatMap((word, index) => {
    const count = countOf(word.text);
    if (!count) return [];
    const noun = words
      .slice(index + 1, index + 1 + maxBetween)
      .find(({ text, clause }) => clause === word.clause && isNoun(text));
    if (noun) return [{ count, from: word, to: noun }];
    const before = words[index - 1];
    if (before && weAre.has(before.text)) return [{ count, from: before, to: word }];
    const team = words[index - 2];
    return team?.text === 'team' ? [{ count, from: team, to: word }] : [];
  });
}

const isNoun = (text: string): boolean => licences.test(text) || people.test(text);

function countOf(text: string): number {
  if (!/^\d[\d.,]{0,9}$/.test(text)) return 0;
  return Number(text.replaceAll(/[.,]/g, ''));
}
