import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, inlineCommands, shellBlocks } from '../support/shell-blocks.ts';

/** Stand in for what the pages call: each notes its name and arguments, and does nothing. */
const commands = ['npm', 'npx', 'aws', 'curl', 'git', 'node', 'sam', 'pip', 'docker', 'sleep'];

let folder: string;
let noted: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pasted-'));
  noted = path.join(folder, 'noted');
  for (const name of commands) {
    const file = path.join(folder, name);
    const words = `printf '<%s>' ${name} "$@" >> ${noted}; echo >> ${noted}; echo 1`;
    writeFileSync(file, `#!/bin/sh\n${words}\n`);
    chmodSync(file, 0o755);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Which calls a shell makes of a text that is pasted into it, and what it complains of; undefined without that shell. */
function pasted(shell: 'bash' | 'zsh', text: string) {
  const file = spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim();
  if (!file) return undefined;
  writeFileSync(noted, '');
  const plain = shell === 'bash' ? ['--norc', '--noprofile', '-i'] : ['-f', '-i'];
  const { stderr } = spawnSync(file, plain, {
    input: `${text}\n`,
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: folder, HOME: folder, TERM: 'dumb', STAGE: 'prod' },
  });
  const complaints = stderr.match(
    /.*(?:not found(?!: #)|no matches|parse error|syntax error|bad pattern|event not found|unexpected).*/g,
  );
  return { calls: readFileSync(noted, 'utf8').split('\n').sort(), complaints: complaints ?? [] };
}

/** What a page has a person paste first: the functions that its later blocks call. */
const beforeOf = (place: string): string =>
  shellBlocks
    .filter((one) => one.place.split(':')[0] === place.split(':')[0] && /\(\) \{/.test(one.text))
    .map(({ text }) => text)
    .join('');

describe('each block of commands', () => {
  it.each(shellBlocks)('$place is read alike by bash and zsh', ({ place, text }) => {
    expect(faultsOf(text)).toEqual([]);

    const whole = beforeOf(place) + text;
    const [bash, zsh] = [pasted('bash', whole), pasted('zsh', whole)];
    expect(bash?.complaints ?? []).toEqual([]);
    expect(zsh?.complaints ?? []).toEqual([]);
    if (bash && zsh) expect(zsh.calls).toEqual(bash.calls);
  });
});

describe('each command within a sentence', () => {
  it.each(inlineCommands)('$place is read alike by bash and zsh', ({ text }) => {
    expect(faultsOf(text)).toEqual([]);
  });
});

describe('what the shells would read differently', () => {
  it.each([
    ['npm run chat   # write as a customer', 'behind a command'],
    ["# the company's", 'sign of the shell'],
    ['# [OPTION]', 'sign of the shell'],
    ['npm run lead -- "Now!"', 'history'],
    ['curl $URL/leads?priority=P0', 'not quoted'],
    ['ls *.jsonl', 'not quoted'],
    ['aws x --query events[].[message]', 'not quoted'],
    ['echo =npm', 'begins with "="'],
  ])('%s is found', (text, fault) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    "curl 'http://localhost/leads?priority=P0'",
    'if [ "$1" = x ]; then echo "$?"; fi',
    'KEY=$(npm run -s keys -- create acme)',
    '# one message, one reply',
    '[ "$SHELL" = zsh ] || setopt interactive_comments',
  ])('%s is none', (text) => {
    expect(faultsOf(text)).toEqual([]);
  });
});
