import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/constructs/bundle.ts';

const runbook = readFileSync(path.join(projectRoot, 'docs/runbook.md'), 'utf8');

/** The text of an entry, by its heading. */
export function entryOf(heading: string): string {
  const [, after] = runbook.split(`\n### ${heading}\n`);
  if (after === undefined) throw new Error(`The runbook has no entry "${heading}".`);
  return after.split(/\n##+ /)[0] ?? '';
}

const [preamble = ''] = runbook.split('\n## ');

/** A search in a log, as an operator does it: by a function's name, or `api` for the log of requests. */
export interface Search {
  log: string;
  pattern: string;
}

const single = /'([^']*)'/.source;
const searching = new RegExp(`^(?:logs ([\\w-]+)|requests)(?: (?:${single}|"\\$(\\w+)"))?`, 'gm');

/** All searches that an entry has in its blocks, in their order, with their variables filled in. */
export function searchesOf(heading: string): Search[] {
  const entry = entryOf(heading);
  const variables = variablesOf(preamble + entry);
  return [...blocksOf(entry).matchAll(searching)].map(([, log = 'api', pattern, name]) => ({
    log,
    pattern: pattern ?? (name === undefined ? '' : filled(variables, name)),
  }));
}

/** The lines of an entry's blocks that begin with a command, without what is said of them. */
export const linesOf = (heading: string, command: string): string[] =>
  blocksOf(entryOf(heading))
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => line.split(/;\s/))
    .filter((line) => line.startsWith(`${command} `))
    .map((line) => line.split(/\s+#/)[0] ?? '');

/** The headings of all entries. */
export const headings: string[] = [...runbook.matchAll(/^### (.+)$/gm)].map(([, one = '']) => one);

const blocksOf = (text: string): string =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');

/** What the shell has been given by `name='…'` or `name="…"`. */
function variablesOf(text: string): Map<string, string> {
  const given = blocksOf(text).matchAll(/^(\w+)=(?:'([^']*)'|"([^"]*)"|(\S+))/gm);
  return new Map(
    [...given].map(([, name = '', one, two, bare]) => [name, one ?? two ?? bare ?? '']),
  );
}

/** A variable with those that its own text names. */
function filled(variables: Map<string, string>, name: string): string {
  const text = variables.get(name);
  if (text === undefined) throw new Error(`The runbook sets no variable ${name}.`);
  return text.replace(/^(\?\S+ )\$(\w+)$/, (_, before, other) => before + filled(variables, other));
}
