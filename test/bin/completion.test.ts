import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { candidates, lineFor, scriptFor } from '../../bin/completion.ts';
import { repliesProgram } from '../../bin/program.ts';

const program = repliesProgram();
const after = (...words: string[]) => candidates(program, words).map(({ value }) => value);

describe('what the last word may become', () => {
  it.each([
    [['ten'], ['tenants']],
    [
      ['tenants', 'c'],
      ['create', 'change'],
    ],
    [['tenants', 'list', '--st'], ['--stage']],
    [
      ['tenants', 'list', '--stage', ''],
      ['local', 'dev', 'prod'],
    ],
    [['--stage', 'x', 'tenants', 're'], ['resume']],
    [
      ['metric', 'RepliesS'],
      ['RepliesSent', 'RepliesSlowed'],
    ],
    [['metric', 'RepliesSent', ''], []],
    [['metric', '--hours', '2', 'ReplyS'], ['ReplySeconds']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['compl'], ['completion']],
  ])('of %j is %j', (words, values) => {
    expect(after(...words)).toEqual(values);
  });

  it('is told with what it is for, as each shell takes it', () => {
    const one = { value: 'a:b', says: 'why' };

    expect((['bash', 'zsh', 'fish'] as const).map((shell) => lineFor(shell, one))).toEqual([
      'a:b',
      'a\\:b:why',
      'a:b\twhy',
    ]);
  });
});

/** Whether this machine has the shell; one that it has not cannot try the script. */
const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe('the script of a shell', () => {
  it.each((['bash', 'zsh', 'fish'] as const).filter(has))('is read by %s', (shell) => {
    const read = spawnSync(shell, ['-n'], { input: scriptFor(shell), encoding: 'utf8' });

    expect([read.status, read.stderr]).toEqual([0, '']);
  });

  it.runIf(has('bash'))('completes in bash what is typed', () => {
    const typed = `${scriptFor('bash')}
COMP_WORDS=(replies keys create "it's" --sta) COMP_CWORD=4
_replies
printf '<%s>' "\${COMPREPLY[@]}"`;

    const { stdout, stderr } = spawnSync('bash', ['--norc'], { input: typed, encoding: 'utf8' });

    expect([stdout, stderr]).toEqual(['<--stage>', '']);
  });
});
