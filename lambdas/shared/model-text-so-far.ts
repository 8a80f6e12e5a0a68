import { openReasoningAt, plainAnswer, withoutReasoning } from './model-text.ts';

/**
 * Of what a model has written so far: the beginning of its answer that stays, whatever it writes next. What may still
 * turn out to be reasoning, a vendor's citation marker or a fence around the whole is held back. Reasoning that ends
 * without having begun cannot be known before its end.
 */
export function answerSoFar(raw: string): string {
  if (beginsUnsurely(raw)) return '';
  const sure = raw.slice(0, Math.min(openReasoningAt(raw), unsureFrom(raw)));
  return wrapping.test(withoutReasoning(sure)) ? '' : plainAnswer(sure);
}

/** A model's own format, of which only a part that comes later is the answer. */
const channels = ['analysis', 'commentary', 'assistantfinal'];

function beginsUnsurely(raw: string): boolean {
  const begin = raw.trimStart();
  return (
    channels.some((name) => name.startsWith(begin) || begin.startsWith(name)) ||
    begin.includes('<|channel')
  );
}

/** What may stand around a whole answer and is taken off at its end: a fence that says it is text, or a tag. */
const wrapping =
  /^(?:`{1,2}$|(?:`{3,}|~{3,})[ \t]*(?:[a-z]*$|(?:markdown|md|mdx|gfm|text|txt|plaintext|plain|whatsapp)[ \t]*(?:\n|$))|~{1,2}$|<(?:answer|final|final_answer|response|reply|output)>)/i;

/** Tails of a text that may go on to be something which is not shown. */
const tails = [
  // Tags and tokens of models.
  String.raw`<[^<>\n]{0,130}`,
  '◁[^▷\\n]{0,20}',
  // Citation markers in brackets, and the parentheses around them.
  String.raw`\\?\[[^\]\n]{0,300}`,
  String.raw`\\?\[\d{1,9}(?::\d{1,9})?†[^[\]\n]{0,200}(?:\[[^[\]\n]{0,200}(?:\][^[\]\n]{0,200})?){0,4}`,
  String.raw`\\?\[\d{1,9}(?::\d{1,9})?†(?:[^[\]\n]|\[[^[\]\n]{0,200}\]){0,200}\](?:\([^()\s]{0,300})?`,
  '[【〖〔［][^【】〖〗〔〕［］\\n]{0,200}',
  '[【〖〔［][^【】〖〗〔〕［］\\n]{0,200}†[^【】〖〗〔〕［］\\n]{0,200}(?:[【〖〔［][^【】〖〗〔〕［］\\n]{0,200}(?:[】〗〕］][^【】〖〗〔〕［］\\n]{0,200})?){0,4}',
  String.raw`\([\s,;]*`,
  String.raw`\(\s?(?:[【〖〔［\ue200\\[:]|f|fi|file|c|ci|cit|(?:file)?cite)[^()\n]{0,300}(?:\([^()\n]{0,300}(?:\)[^()\n]{0,300})?){0,4}`,
  '\ue200[^\ue200\ue201]{0,300}',
  // The same as words.
  '(?:f|fi|fil|file|filec|fileci|filecit|c|ci|cit)',
  String.raw`(?:file)?cite\w{0,200}`,
  ':[a-zA-Z]{0,16}',
  String.raw`:contentReference\[[^\]\n]{0,30}`,
  String.raw`(?::contentReference)?\[oaicite:\d{1,9}\](?:\{[^}\n]{0,20})?`,
  '\\\\',
].join('|');
const unsure = new RegExp(`(?:${tails})$`);

/** Longer than any tail. */
const tailChars = 1_200;

function unsureFrom(raw: string): number {
  const from = Math.max(0, raw.length - tailChars);
  const found = unsure.exec(raw.slice(from));
  return found ? from + found.index : raw.length;
}
