/** A word of the note: how it is compared, and where it stands. */
export interface Word {
  /** Lower case, without accents and apostrophes: `Can’t` is `cant`. */
  text: string;
  start: number;
  end: number;
  sentence: number;
  clause: number;
}

const maxChars = 20_000;
const maxWords = 2_000;

// Scripts written without spaces count each character as a word. No alternative can match what another one can, but for
// figures, so that the time is linear.
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`;
const pieces = new RegExp(
  String.raw`[${unspaced}]|\d{1,3}(?:[.,]\d{3})+(?!\d)|(?:(?![${unspaced}])[\p{L}\p{M}\p{N}'’ʼ\u00ad\u200b-\u200d])+|[.!?…。!?؟\n;]|[,،、:()–—]`,
  'gu',
);
const endsSentence = /^[.!?…。!?؟\n;]$/u;
const endsClause = /^[,،、:()–—]$/u;

/** The words of a note in order, compared without case, accents, apostrophes and width. */
export function wordsOf(note: string): Word[] {
  const words: Word[] = [];
  let [sentence, clause] = [0, 0];
  for (const match of note.slice(0, maxChars).matchAll(pieces)) {
    const piece = match[0];
    const sentenceEnds = endsSentence.test(piece);
    if (sentenceEnds) sentence += 1;
    if (sentenceEnds || endsClause.test(piece)) clause += 1;
    else
      words.push({
        text: plain(piece),
        start: match.index,
        end: match.index + piece.length,
        sentence,
        clause,
      });
    if (words.length >= maxWords) break;
  }
  return words.filter(({ text }) => text);
}

/** How a word is compared: `PREÇO` and `preço` are `preco`. */
export function plain(text: string): string {
  if (/^[a-z0-9]+$/.test(text)) return text;
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\p{Mn}'’ʼ\u00ad\u200b-\u200d]/gu, '')
    .replaceAll('ß', 'ss');
}
