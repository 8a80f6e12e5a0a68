import { CommandError } from '../command.ts';

const failed = '?ERROR ?CRITICAL ?"Task timed out" ?"Runtime exited"';

/** What the product wrote as an error and what Lambda itself wrote; and beside it what is tried again. */
const ofLevel = { error: failed, warn: `?WARN ${failed}` };

export type Level = keyof typeof ofLevel;
export const levels = Object.keys(ofLevel) as Level[];

interface Search {
  pattern?: string | undefined;
  level?: Level | undefined;
  /** A `*` stands for any characters. */
  code?: string[] | undefined;
}

/** The pattern of CloudWatch for what is searched; the empty one takes every line. */
export function patternOf({ pattern, level, code = [] }: Search): string {
  const ofCodes = code.flatMap((one) =>
    ['$.error_code', '$.error.error_code'].map((field) => `${field} = "${one}"`),
  );
  const given = [
    ...(pattern === undefined ? [] : [pattern]),
    ...(level ? [ofLevel[level]] : []),
    ...(ofCodes.length > 0 ? [`{ ${ofCodes.join(' || ')} }`] : []),
  ];
  if (given.length < 2) return given[0] ?? '';
  throw new CommandError('Search by a pattern, by --level or by --code: only one at a time.');
}
