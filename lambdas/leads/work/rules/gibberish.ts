import type { Word } from './words.ts';

// Letters beside each other on a keyboard.
const runs = ['qwertyuiop', 'qwertz', 'asdfghjkl', 'zxcvbnm', 'lkjhgfdsa'];

/** Whether most of a short note is no word of any language that is written in Latin letters. */
export function isGibberish(words: readonly Word[]): boolean {
  const latin = words.filter(({ text }) => /^[a-z0-9]{3,}$/.test(text));
  if (latin.length === 0 || words.length > 12) return false;
  return latin.filter(({ text }) => isNoWord(text)).length * 2 > latin.length;
}

function isNoWord(text: string): boolean {
  return (
    /(.)\1{3}/.test(text) ||
    /[bcdfghjklmnpqrstvwxz]{6}/.test(text) ||
    runs.some((run) => [0, 1, 2, 3, 4, 5].some((at) => isRun(text, run.slice(at, at + 4))))
  );
}

const isRun = (text: string, part: string): boolean => part.length === 4 && text.includes(part);
