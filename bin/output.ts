import { sanitizeForTerminal } from '../local/sanitize-for-terminal.ts';

/** Prints one line; what is in it cannot steer the terminal, nor look like a line of its own. */
export const say = (line: string): void => console.log(sanitizeForTerminal(line));

/** Prints JSON that stays JSON whatever its texts hold. */
export function sayJson(value: unknown): void {
  const lines = (JSON.stringify(value, null, 2) ?? 'null').split('\n');
  console.log(lines.map(sanitizeForTerminal).join('\n'));
}
