import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/constructs/bundle.ts';

/** A part of a page that a person pastes into a shell. */
export interface ShellText {
  /** `docs/runbook.md:12`, where it begins. */
  place: string;
  text: string;
}

const pages = ['README.md', ...globSync('{docs,bench}/**/*.md', { cwd: projectRoot })];

/** The blocks of all pages that are commands. */
export const shellBlocks: ShellText[] = pages.flatMap((page) =>
  [...read(page).matchAll(/^( *)```sh\n([\s\S]*?)^ *```/gm)].map((match) => ({
    place: placeOf(page, match.index),
    text: (match[2] ?? '').replaceAll(new RegExp(`^${match[1]}`, 'gm'), ''),
  })),
);

/** Commands within a sentence. */
export const inlineCommands: ShellText[] = pages.flatMap((page) =>
  [
    ...withoutBlocks(read(page)).matchAll(
      /`((?:npm|npx|replies|curl|aws|git|\w+=[^\s`]+ )[^`]+)`/g,
    ),
  ].map((match) => ({
    place: placeOf(page, match.index),
    text: (match[1] ?? '').replaceAll('\n', ' '),
  })),
);

function read(page: string): string {
  return readFileSync(path.join(projectRoot, page), 'utf8');
}

/** As many lines as before. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, (block) => block.replaceAll(/[^\n]/g, ' '));
}

function placeOf(page: string, index: number): string {
  return `${page}:${read(page).slice(0, index).split('\n').length}`;
}

/** What bash and zsh would not read alike when it is pasted into them, in one line each. */
export function faultsOf(text: string): string[] {
  const faults: string[] = [];
  // Expansions may hold any sign; what is in single quotes is taken as it stands.
  const bare = text.replaceAll(/'[^']*'/g, "''").replaceAll(/\$\{[^}]*\}|\$[?*#@]/g, '$x');
  for (const line of bare.split('\n')) {
    if (/^\s*#/.test(line)) {
      if (!/^\s*#[\w\s.,:/-]*$/.test(line))
        faults.push(`the comment has a sign of the shell: ${line}`);
      continue;
    }
    if (/"[^"]*![^"]*"/.test(line)) faults.push(`"!" in double quotes calls the history: ${line}`);
    const unquoted = line.replaceAll(/"[^"]*"/g, '""');
    if (/\s#/.test(unquoted)) faults.push(`a comment stands behind a command: ${line}`);
    if (/[?*]|\w\[|\[[^\s[]/.test(unquoted))
      faults.push(`a pattern for files is not quoted: ${line}`);
    if (/(^|\s)=\w/.test(unquoted)) faults.push(`a word begins with "=": ${line}`);
  }
  return faults;
}
