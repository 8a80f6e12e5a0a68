import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { levels, patternOf } from '../../bin/logs/pattern.ts';
import { projectRoot } from '../../lib/constructs/bundle.ts';

const runbook = readFileSync(path.join(projectRoot, 'docs/runbook.md'), 'utf8');

/** The text of an entry, by its heading. */
export function entryOf(heading: string): string {
  const [, after] = runbook.split(`\n### ${heading}\n`);
  if (after === undefined) throw new Error(`The runbook has no entry "${heading}".`);
  return after.split(/\n##+ /)[0] ?? '';
}

/** A search in a log, as an operator does it: by a function's name, or `api` for the log of requests. */
export interface Search {
  log: string;
  pattern: string;
}

/** All searches that an entry has in its blocks, in their order. */
export const searchesOf = (heading: string): Search[] =>
  linesOf(heading, 'replies logs').map((line) => {
    const [log = '', ...rest] = wordsOf(line).slice(2);
    const options = {
      level: { type: 'string' },
      code: { type: 'string', multiple: true },
    } as const;
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
    const level = levels.find((one) => one === values.level);
    return { log, pattern: patternOf({ pattern: positionals[0], level, code: values.code }) };
  });

/** The words of a command, without their quotes. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, one, two, bare]) => one ?? two ?? bare ?? '',
  );

/** The lines of an entry's blocks that begin with a command. */
export const linesOf = (heading: string, command: string): string[] =>
  blocksOf(entryOf(heading))
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => `${line} `.startsWith(`${command} `));

/** The headings of all entries. */
export const headings: string[] = [...runbook.matchAll(/^### (.+)$/gm)].map(([, one = '']) => one);

const blocksOf = (text: string): string =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
