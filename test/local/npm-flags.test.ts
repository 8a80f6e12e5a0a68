import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takenByNpm } from '../../local/npm-flags.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'npm-flags-'));
  const shows = `node -e "console.log(JSON.stringify([process.argv.slice(1), process.env]))"`;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ scripts: { keys: shows } }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a script sees of a command that is typed at npm. */
function typed(...words: string[]): [given: string[], environment: Record<string, string>] {
  const { stdout } = spawnSync('npm', ['run', '-s', ...words], { cwd: folder, encoding: 'utf8' });
  return JSON.parse(stdout);
}

const options = ['company', 'stage', 'model-burst', 'to', 'json', 'yes', 'prefix', 'help'];

const keptOf = (...words: string[]) => {
  const [given, environment] = typed(...words);
  return takenByNpm('keys', options, given, environment);
};

describe('an option without the -- before it', () => {
  it.each([
    [['keys', '--company', 'acme'], 'company'],
    [['keys', '--stage=prod', 'list'], 'stage'],
    [['keys', 'list', '--model-burst', '5'], 'model-burst'],
    [['keys', '--to', '+14155238886', 'hello'], 'to'],
  ])('is found to be missing in npm run %j', (words, name) => {
    expect(keptOf(...words)).toEqual({
      reason: `npm kept --${name} for itself: put -- before the options, as in npm run keys -- --${name} …`,
      isSure: true,
    });
  });

  it('is named, but may be meant for npm where npm has the same', () => {
    expect(keptOf('keys', 'list', '--json')).toMatchObject({ isSure: false });
    expect(keptOf('keys', '--json', '--', 'list', '--json')).toBeUndefined();
  });

  it('is not missed where all have arrived', () => {
    expect(keptOf('keys', '--', 'list', '--stage', 'prod', '--json')).toBeUndefined();
    expect(keptOf('keys', 'list', 'acme')).toBeUndefined();
  });

  it('is not looked for where another script of npm runs the command', () => {
    const environment = { npm_lifecycle_event: 'test', npm_config_stage: 'prod' };

    expect(takenByNpm('keys', options, [], environment)).toBeUndefined();
  });
});
