import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { operatorEnvironment as ofPlatform } from '../../lambdas/administration/environment.ts';
import { operatorEnvironment as ofEmail } from '../../lambdas/email-deadlines/environment.ts';
import { operatorEnvironment as ofWhatsApp } from '../../lambdas/whatsapp-replies/environment.ts';
import { deploymentEnvironment } from '../../lib/setting-values.ts';
import packageJson from '../../package.json' with { type: 'json' };

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

  it('links only to what is there', () => {
    const links = allOf(read(page), /\]\((?!https?:)([^)]+)\)/g);

    const broken = links.filter((link) => !isThere(page, link));
    expect(broken).toEqual([]);
  });
});

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

describe('the tables of environment variables in the README', () => {
  const [local = '', deployment = ''] =
    read('README.md').split('## Environment variables')[1]?.split('Of the deployment') ?? [];

  it('name what npm start reads', () => {
    const readByStart = allOf(read('local/settings.ts'), /set\('([A-Z_]+)'\)/g);

    expect(allOf(local, /^\| `([A-Z_]+)`/gm).sort()).toEqual(readByStart.sort());
  });

  it('name what the deployment passes on', () => {
    const named = allOf(deployment, /^\| `([A-Z_]+)`/gm);

    expect(named.sort()).toEqual(
      [
        ...Object.keys(ofWhatsApp.shape),
        ...Object.keys(ofPlatform.shape),
        ...Object.keys(ofEmail.shape),
        ...Object.keys(deploymentEnvironment.shape),
        'DEFAULT_ASSISTANT_ID',
      ].sort(),
    );
  });
});

describe('docs/errors.md', () => {
  const [problems = '', codes = ''] = read('docs/errors.md').split('## Codes');

  it('explains each problem type that the API answers, and no other', () => {
    const types = allOf(code, /problemResponse\(c, \{\s*type: '([a-z-]+)'/g);

    expect(headings(problems).slice(2).sort()).toEqual([...new Set(types)].sort());
  });

  it('explains each error code, and no other', () => {
    const thrown = [
      ...allOf(code, /(?:retryLater|alertPerson|discardWork|callFailed)\(\s*'([a-z_]+)'/g),
      ...allOf(code, /new EngineError\([^,]+, '([a-z_]+)'/g),
      ...allOf(code, /`((?:email|dependency)_[a-z]+): /g),
      ...allOf(code, /export const (?:notRecorded|turnTaken|conversationRefused) = '([a-z_]+)'/g),
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
