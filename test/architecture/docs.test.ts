import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationPage } from '../../bin/docs/configuration-page.ts';
import { pathOf } from '../../bin/fault.ts';
import { repliesProgram, withActions } from '../../bin/program.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { inlineCommands, shellBlocks } from '../support/shell-blocks.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];
const sources = globSync(['lambdas/**/*.ts', 'local/**/*.ts', 'bin/*.ts', 'lib/**/*.ts'], {
  cwd: root,
});

/** All that a pattern's first group finds. */
const allOf = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? '')),
];
const code = sources.map(read).join('\n');

describe.each(pages)('%s', (page) => {
  it('names only commands that exist', () => {
    const named = allOf(read(page), /npm run (?:-s )?([a-z][a-z:-]*)/g);

    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named));
  });

  it('calls replies only with commands and options that exist', () => {
    const calls = [...shellBlocks, ...inlineCommands]
      .filter(({ place }) => place.startsWith(`${page}:`))
      .flatMap(({ text }) => [
        ...withoutComments(text).matchAll(/(?<=^|[\s(])replies ([a-z][^\n]*)/g),
      ])
      .map(([, words = '']) => words);

    expect(calls.filter((call) => !isKnown(call))).toEqual([]);
  });

  it('links only to what is there', () => {
    const links = allOf(read(page), /\]\((?!https?:)([^)]+)\)/g);

    const broken = links.filter((link) => !isThere(page, link));
    expect(broken).toEqual([]);
  });
});

const withoutComments = (text: string) => text.replaceAll(/^\s*#.*$/gm, '');

const program = repliesProgram();

/** Whether the words lead to a command that has all their options. */
function isKnown(call: string): boolean {
  const [first = '', second, ...rest] = call.split(/[\s)]+/);
  const command = program.commands.find((one) => one.name() === first);
  const action = command?.commands.find((one) => one.name() === second) ?? command;
  const named = [second ?? '', ...rest].filter((word) => word.startsWith('--'));
  if (!action || first === 'deploy') return action !== undefined;
  const isGroup = action === command && action.commands.length > 0;
  return (
    !(isGroup && second) &&
    named.every((option) => action.options.some(({ long }) => long === option))
  );
}

function isThere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = path.join(path.dirname(page), file || path.basename(page));
  if (!existsSync(path.join(root, target))) return false;
  return !anchor || headings(read(target)).map(slug).includes(anchor);
}

const headings = (text: string) => allOf(text, /^#+ (.+)$/gm);
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

describe('docs/reference/configuration.md', () => {
  const page = read('docs/reference/configuration.md');

  it('is as the schemas say: npm run docs', () => {
    expect(page).toBe(configurationPage());
  });

  it('says of each variable and field what it means', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));

    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => /^\| `[^`]+` \| +\|/.test(row))).toEqual([]);
  });

  it('names what npm start reads', () => {
    const readByStart = allOf(read('local/settings.ts'), /set\('([A-Z_]+)'\)/g);
    const [, local = ''] = page.split('## Variables of npm start');

    expect(allOf(local, /^\| `([A-Z_]+)`/gm).sort()).toEqual(readByStart.sort());
  });
});

describe('docs/reference/commands.md', () => {
  it('says what JSON each command prints that prints some', () => {
    const printing = withActions(program).filter(({ options }) =>
      options.some(({ long }) => long === '--json'),
    );

    expect(
      allOf(read('docs/reference/commands.md'), /^\| `(replies [a-z ]+)` \|/gm).sort(),
    ).toEqual(printing.map(pathOf).sort());
  });
});

describe('docs/reference/errors.md', () => {
  const [problems = '', codes = ''] = read('docs/reference/errors.md').split('## Codes');

  it('explains each problem type that the API answers, and no other', () => {
    const types = allOf(code, /\btype: '([a-z-]+)',\s*title: /g);

    expect(headings(problems).slice(2).sort()).toEqual([...new Set(types)].sort());
  });

  it('explains each error code, and no other', () => {
    const thrown = [
      ...allOf(code, /(?:retryLater|alertPerson|discardWork|callFailed)\(\s*'([a-z_]+)'/g),
      ...allOf(code, /new EngineError\([^,]+, '([a-z_]+)'/g),
      ...allOf(code, /`((?:email|dependency)_[a-z]+): /g),
      ...allOf(
        code,
        /export const (?:notRecorded|turnTaken|conversationRefused|tooLong|runUnknown|turnCrashed) = '([a-z_]+)'/g,
      ),
      ...allOf(code, /(?:return|code:) '((?:openai|run)_\w+)'/g),
      ...allOf(code, /\? '(openai_\w+)' : 'openai_\w+'/g),
      ...allOf(code, /\? 'openai_\w+' : '(openai_\w+)'/g),
    ];

    expect(headings(codes).sort()).toEqual([...new Set(thrown)].sort());
  });
});

describe('docs/runbook.md', () => {
  it('names only metrics and log lines that exist', () => {
    const metrics = allOf(read('docs/runbook.md'), /`((?:[A-Z][a-z]+){2,})`/g);
    const lines = allOf(read('docs/runbook.md'), /"(The [^"]+\.)"/g);

    const missing = [...metrics, ...lines].filter((name) => !code.includes(name));
    expect(missing).toEqual([]);
  });
});
