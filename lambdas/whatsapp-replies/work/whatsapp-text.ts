import type { MarkedToken, Token, Tokens } from 'marked';
import { plainAnswer } from '../../shared/model-text.ts';
import { withoutControls } from './whatsapp-text/characters.ts';
import { decodeEntities, inlineText, marked } from './whatsapp-text/inline-text.ts';
import { lexMarkdown } from './whatsapp-text/markdown.ts';

/** A model's Markdown in WhatsApp's notation: trimmed and well-formed, none of its words lost. */
export function toWhatsAppText(markdown: string): string {
  const answer = unescapable(plainAnswer(withoutControls(markdown)));
  return withoutControls(blockText(lexMarkdown(answer)).replaceAll(backslash, '\\')).trim();
}

/** Stands for a backslash that escapes nothing; no text has it, as Unicode reserves it for inner use. */
const backslash = '\ufdd0';

// Paths with a drive to the line's end, as they may hold spaces; other words as a whole.
const pathsAndWords = /\b[a-z]:\\[^\n`]*|\S+/gi;

/** Paths and patterns such as C:\Users\_shared keep their backslashes, which would else escape. */
const unescapable = (text: string): string =>
  text
    .replaceAll(backslash, '')
    .replace(pathsAndWords, (word) =>
      /\\[a-z\d]|^(?:[a-z]:|\.{1,2}|%\w+%)\\|^\\\\\w/i.test(word)
        ? word.replaceAll('\\', backslash)
        : word,
    );

/** Where a block stands: lists in a list are indented, quotes in a quote are marked once. */
type Place = { readonly indent: string; readonly quoted: boolean };

const outermost: Place = { indent: '', quoted: false };

/** Markdown blocks in WhatsApp's notation, a blank line between two where the source has one. */
function blockText(tokens: readonly Token[], place = outermost): string {
  let text = '';
  let gap = '\n';
  for (const token of tokens as MarkedToken[]) {
    const separates = token.type === 'space' && /\n[^\n]*\n/.test(token.raw);
    if (separates || token.type === 'hr') gap = '\n\n';
    const block = tokenText(token, place).trimEnd();
    if (block === '') continue;
    text += text === '' ? block : gap + block;
    gap = '\n';
  }
  return text;
}

function tokenText(token: MarkedToken, place: Place): string {
  switch (token.type) {
    case 'space':
    case 'hr':
    case 'checkbox':
      return '';
    case 'heading':
      return marked('*', inlineText(token.tokens, '*'));
    case 'code':
      return codeText(token.text);
    case 'list':
      return indented(listText(token, place), place.indent);
    case 'blockquote':
      return quoteText(token, place);
    case 'table':
      return token.rows.map((row) => rowText(token.header, row)).join('\n') || cells(token.header);
    case 'html':
      return decodeEntities(token.raw.replace(/<!--[\s\S]*?-->/g, ''));
    default:
      return paragraphText(token);
  }
}

function paragraphText(token: MarkedToken): string {
  const text = 'tokens' in token && token.tokens ? inlineText(token.tokens) : token.raw;
  return text.replace(/^(?:[ \t]*\n)+/, '').replace(/\n(?:[ \t]*\n){2,}/g, '\n\n');
}

function codeText(code: string): string {
  return code.trim() === '' ? '' : `\`\`\`\n${code.replace(/\n$/, '')}\n\`\`\``;
}

function quoteText(quote: Tokens.Blockquote, place: Place): string {
  const text = blockText(quote.tokens, { indent: '', quoted: true });
  return place.quoted ? text : outsideCode(text, (line) => (line.trim() ? `> ${line}` : ''));
}

function listText(list: Tokens.List, place: Place): string {
  const written = list.items.map((item) => /^\s*(\d+)[.)]/.exec(item.raw)?.[1] ?? '');
  const counts = written.length > 1 && new Set(written).size === 1;
  let text = '';
  for (const [i, item] of list.items.entries()) {
    const number = counts ? Number(list.start) + i : written[i];
    const bullet = list.ordered ? `${number}${item.raw.trimStart().replace(/^\d+/, '')[0]}` : '-';
    text += itemText(item, item.task ? (item.checked ? '☑' : '☐') : bullet, place);
    text += /\n[ \t]*\n[ \t]*$/.test(item.raw) ? '\n\n' : '\n';
  }
  return text;
}

function itemText(item: Tokens.ListItem, bullet: string, { quoted }: Place): string {
  const text = blockText(item.tokens, { indent: ' '.repeat(bullet.length + 1), quoted });
  return bullet + (text.startsWith('```\n') ? '\n' : ' ') + text.trimStart();
}

function rowText(header: readonly Tokens.TableCell[], row: readonly Tokens.TableCell[]): string {
  return row
    .map((cell, i) => {
      const value = cellText(cell);
      const name = header[i] ? cellText(header[i], '*').replace(/:$/, '') : '';
      return name && value ? `${name}: ${value}` : value;
    })
    .filter(Boolean)
    .join(' · ');
}

function cells(row: readonly Tokens.TableCell[]): string {
  return row.map((cell) => cellText(cell)).join(' · ');
}

function cellText(cell: Tokens.TableCell, open = ''): string {
  const lines = inlineText(cell.tokens, open).split('\n');
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .join(', ');
}

function indented(text: string, indent: string): string {
  return outsideCode(text, (line) => (line ? indent + line : ''));
}

function outsideCode(text: string, change: (line: string) => string): string {
  let inCode = false;
  return text
    .split('\n')
    .map((line) => {
      const isFence = line === '```';
      if (isFence) inCode = !inCode;
      return isFence || inCode ? line : change(line);
    })
    .join('\n');
}
