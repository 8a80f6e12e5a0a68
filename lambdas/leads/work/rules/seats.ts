import type { Word } from './words.ts';

/** So many seats make an enterprise. */
export const enterpriseSeats = 50;

const licences =
  /^(seat|licen|user|lizenz|nutzer|benutzer|arbeitspl|usuario|utilisateur|poste|utilizador|utent|postazion|gebruiker|uzytkownik|workstation|пользовател)/;
const people =
  /^(people|person|employee|agent|staff|worker|colleague|nurse|doctor|rep|reps|member|ppl|mitarbeiter|emplead|salarie|pessoa|funcionario|colaborador|dipendent|medewerker|man|strong|сотрудник|名|人|atendente|advogad|vendeur|vendedor|venditor|verkauf|berater|asesor|conseill|consulente|technik|tecnic|fahrer|pfleger|lehrer|account|login|mailbox|place|platz|postazion|posto|puesto|posto|workplace|desk|reception|chair)/;
// `Consultants`, `drivers`, `technicians`: who does something, but for those whom a company serves and what ends alike.
const doers =
  /^(?!customer|consumer|buyer|visitor|reader|follower|subscriber|viewer|letter|offer|order|number|paper|folder|computer|printer|server|euro|quarter|other|hour|meter|dollar|tender|partner|parent|patient|student|dealer|container|trailer|error|colo|flo|doo|minute|client|restaurant|apartment|percent)\p{L}{3,}(ers|ors|ists|ants|ians|hands|men|women|eurs|istes|ores|oras|istas|ori|enti|ants|kräfte|krafte)$/u;
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

const isNoun = (text: string): boolean =>
  licences.test(text) || people.test(text) || doers.test(text);

function countOf(text: string): number {
  if (!/^\d[\d.,]{0,9}$/.test(text)) return 0;
  return Number(text.replaceAll(/[.,]/g, ''));
}
