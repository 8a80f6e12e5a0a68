import { describe, expect, it, vi } from 'vitest';
import { hintFor } from '../../bin/command.ts';
import { explain } from '../../bin/fault.ts';
import { repliesProgram, withActions } from '../../bin/program.ts';
import packageJson from '../../package.json' with { type: 'json' };

const program = repliesProgram();
const visible = program.createHelp().visibleCommands(program);
const parsed = (...args: string[]) => repliesProgram().parseAsync(args, { from: 'user' });

describe('the help of replies', () => {
  it('lists every command, by who needs it', () => {
    const help = program.helpInformation();

    for (const name of Object.keys(commandScripts)) {
      expect(help).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
    }
    expect(help).toMatch(/Try it on this machine:[\s\S]+Set companies up:[\s\S]+look after it:/);
  });

  it('says of each command, action, argument and option what it is for', () => {
    for (const command of withActions(program)) {
      const about = command === program || command.name() === 'complete';
      if (!about) expect([command.name(), command.description()]).not.toContain('');
      for (const { description, long } of command.options.filter(({ long }) => !known.has(long))) {
        expect([command.name(), long, description]).not.toContain('');
      }
    }
  });
});

/** Options whose names say all. */
const known = new Set<string | null | undefined>(['--phone', '--name', '--source']);

const commandScripts = Object.fromEntries(
  Object.entries(packageJson.scripts).filter(([, line]) => line.startsWith('node bin/replies.mjs')),
);

describe('each command', () => {
  it('is a script of npm too, and each such script a command', () => {
    const own = visible.map((one) => one.name()).filter((name) => !/help|completion/.test(name));

    expect(Object.keys(commandScripts).sort()).toEqual(own.sort());
    for (const [name, line] of Object.entries(commandScripts)) {
      expect(line).toBe(`node bin/replies.mjs ${name}`);
    }
  });

  it('is what npx replies runs', () => {
    expect(packageJson.bin).toEqual({ replies: 'bin/replies.mjs' });
  });
});

describe('a command that is used wrongly', () => {
  it.each([
    [['tenats'], 'There is no "tenats" of replies. Did you mean tenants? (replies --help'],
    [['tenants', 'sell'], 'Use create, change, suspend, resume or list. (replies tenants --help'],
    [['tenants', 'toString'], 'There is no "toString" of replies tenants.'],
    [['keys', 'list', 'acme', '--jsn'], 'replies keys list takes no --jsn. Did you mean --json?'],
    [['assistant', 'reset', 'acme', '--model', 'm'], 'replies assistant reset takes no --model.'],
    [['keys', 'create'], 'needs <company>: whose, such as acme. (Usage: replies keys create'],
    [['doctor', 'the', 'cat'], 'Unexpected: the cat. (replies doctor --help shows what it takes.)'],
    [['logs', 'reply', 'a', 'b'], 'Unexpected: b. Quote texts.'],
    [['tenants', 'list', '--stage', 'moon'], '--stage is "moon": choose local, dev or prod'],
    [['tenants', 'list', '--prefix', 'No Name'], 'A --prefix has up to 28'],
    [['metric', 'RepliesSnt'], 'name is "RepliesSnt": choose RepliesSent, Replies'],
    [['logs', 'reply', '--hours'], '--hours takes a value'],
    [['logs', 'reply', '--hours', 'many'], '--hours is a number from 0.001 to 8760, not many.'],
    [['dlq', 'show', 'leads', '--limit', '1.5'], '--limit is a whole number from 1 to 10000'],
    [['bench', 'warm-start'], 'There is no "warm-start" of replies bench.'],
  ])('is told why and what next: %j', async (args, said) => {
    await expect(parsed(...args)).rejects.toThrow(said);
    await expect(parsed(...args)).rejects.toMatchObject({ name: 'CommandError' });
  });

  it('is told of a stage in the environment that there is not', async () => {
    vi.stubEnv('REPLIES_STAGE', 'moon');

    await expect(parsed('tenants', 'list')).rejects.toThrow('--stage is "moon": choose local');
    vi.unstubAllEnvs();
  });
});

describe('replies deploy', () => {
  const readBy = async (...args: string[]) => {
    const own = repliesProgram();
    const deploy = own.commands.find((one) => one.name() === 'deploy');
    await deploy?.action(() => undefined).parseAsync(args, { from: 'user' });
    return [deploy?.args, deploy?.opts()];
  };

  it('hands on to the CDK what is not its own', async () => {
    expect(await readBy('-c', 'A=b', '--require-approval', 'never')).toEqual([
      ['-c', 'A=b', '--require-approval', 'never'],
      {},
    ]);
    expect(await readBy('--stage', 'prod', '--hotswap', '--profile=ours')).toEqual([
      ['--hotswap'],
      { stage: 'prod', profile: 'ours' },
    ]);
  });

  it('goes to no stage that only the environment names', async () => {
    vi.stubEnv('REPLIES_STAGE', 'prod');

    expect(await readBy()).toEqual([[], {}]);
    vi.unstubAllEnvs();
  });
});

describe('a hint', () => {
  it('leads to the next command for the same deployment', () => {
    const hintOf = (stage: 'local' | 'prod', prefix = 'replies-engine') =>
      hintFor({ stage, prefix })('tenants list');

    expect(hintOf('local')).toBe('npx replies tenants list');
    expect(hintOf('prod', 'zoo')).toBe('npx replies tenants list --stage prod --prefix zoo');
    vi.stubEnv('REPLIES_STAGE', 'prod');
    expect(hintOf('local')).toBe('npx replies tenants list --stage local');
    vi.unstubAllEnvs();
  });
});

describe('what a person is told of an error', () => {
  it('says what to check where nobody answers', () => {
    const cause = Object.assign(new Error('x'), { code: 'ENOTFOUND' });

    expect(explain(new Error('fetch failed', { cause }))).toBe(
      'No answer (fetch failed (ENOTFOUND)): check the network, and AWS_ENDPOINT_URL if it is set.',
    );
  });
});
