import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../web/widget/app/markdown.ts';
import { rendered } from './rendered.ts';

const shown = (text: string) => rendered(markdown(text));

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const leaf = fc.oneof(
  { weight: 4, arbitrary: word },
  word.map((text) => `\`${text}\``),
  word.map((text) => `[${text}](https://example.com/${text})`),
);
const sentence = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: leaf },
      fc
        .tuple(fc.constantFrom('**', '*', '~~', '__', '_'), leaf, leaf)
        .map(([mark, a, b]) => `${mark}${a} ${b}${mark}`),
      fc.tuple(leaf, leaf).map(([a, b]) => `**${a} *${b}* x**`),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(' '));
const sentences = fc.array(sentence, { minLength: 1, maxLength: 4 });
const block = fc.oneof(
  sentences.map((lines) => lines.join('\n')),
  sentence.map((text) => `## ${text}`),
  sentences.map((lines) => lines.map((text) => `- ${text}`).join('\n')),
  sentences.map((lines) => lines.map((text, index) => `${index + 1}. ${text}`).join('\n')),
  fc
    .tuple(sentence, sentences)
    .map(([top, inner]) => [`- ${top}`, ...inner.map((text) => `  - ${text}`)].join('\n')),
  sentences.map((lines) => lines.map((text) => `> ${text}`).join('\n')),
  sentences.map((lines) => `\`\`\`\n${lines.join('\n')}\n\`\`\``),
  fc
    .tuple(word, word, sentences)
    .map(([a, b, rows]) =>
      [`| ${a} | ${b} |`, '| --- | --- |', ...rows.map((text) => `| ${text} | x |`)].join('\n'),
    ),
  fc.constant('---'),
);

/** What marked makes of it, in our words. */
const byMarked = (text: string): string =>
  String(marked.parse(text, { gfm: true, breaks: true, async: false }))
    .replaceAll(/<h\d>(.*?)<\/h\d>/g, '<p class="heading"><strong>$1</strong></p>')
    .replaceAll(/<a href="([^"]*)">/g, '<a href="$1" target="_blank" rel="noopener noreferrer">')
    .replaceAll('<table>', '<div class="table" tabIndex="0"><table>')
    .replaceAll('</table>', '</table></div>')
    .replaceAll('<pre>', '<pre tabIndex="0">')
    .replaceAll('<br>', '<br></br>')
    .replaceAll('<hr>', '<hr></hr>')
    .replaceAll('\n</code>', '</code>')
    .replaceAll(/\n(?=<)|(?<=>)\n/g, '')
    .trim();

describe('what models write', () => {
  it('is shown as marked shows it', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.join('\n\n.\n\n');
        expect(shown(text).replaceAll(/(?<=>)\n|\n(?=<)/g, '')).toBe(byMarked(text));
      }),
      { numRuns: 1_000 },
    );
  });
});
