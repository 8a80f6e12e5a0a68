import { isSpacedWord } from './characters.ts';

/** A stretch of WhatsApp text under one format, markers included, and what ends and resumes it. */
export type Format = {
  readonly from: number;
  readonly to: number;
  readonly close: string;
  readonly reopen: string;
};

// In this order: code, addresses (whose characters are no markers), one-line code, markers.
const marks = /```[\s\S]*?```|\b(?:[a-z]{2,20}:\/\/|www\.)\S+|`[^`\n]+`|[*_~\n]/gi;

/**
 * The formats of a WhatsApp text, outer before inner. One-line formats around a word longer than
 * `maxWordChars` are left out, as they could not be resumed in each part of it.
 */
export function formatsOf(text: string, maxWordChars: number): Format[] {
  const formats: Format[] = [];
  const add = (from: number, to: number, marker: string) => {
    const words = text.slice(from, to).split(/\s+/);
    if (words.every((word) => word.length <= maxWordChars)) {
      formats.push({ from, to, close: marker, reopen: marker });
    }
  };
  let open: { at: number; marker: string }[] = [];
  for (const { 0: mark, index: at } of text.matchAll(marks)) {
    if (mark.startsWith('```')) formats.push(codeFormat(mark, at));
    else if (mark.startsWith('`')) add(at, at + mark.length, '`');
    else if (mark.length === 1 && mark !== '\n') {
      const opener = closes(text, at) ? open.findLast(({ marker }) => marker === mark) : undefined;
      if (opener) {
        add(opener.at, at + 1, mark);
        open = open.slice(0, open.indexOf(opener));
      } else if (opens(text, at) && open.every(({ marker }) => marker !== mark)) {
        open.push({ at, marker: mark });
      }
    }
    if (mark.startsWith('```') ? mark.includes('\n') : mark === '\n') open = [];
  }
  return formats.sort((a, b) => a.from - b.from);
}

function codeFormat(code: string, from: number): Format {
  const newline = code.includes('\n') ? '\n' : '';
  const to = from + code.length;
  return { from, to, close: `${newline}\`\`\``, reopen: `\`\`\`${newline}` };
}

function opens(text: string, at: number): boolean {
  return !isSpacedWord(text.charAt(at - 1)) && /\S/.test(text.charAt(at + 1));
}

function closes(text: string, at: number): boolean {
  return !isSpacedWord(text.charAt(at + 1)) && /\S/.test(text.charAt(at - 1));
}
