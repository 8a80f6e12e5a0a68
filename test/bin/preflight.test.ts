import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import packageJson from '../../package.json' with { type: 'json' };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'preflight-'));
  mkdirSync(path.join(folder, 'bin'));
  copyFileSync(path.join(projectRoot, 'bin/preflight.mjs'), path.join(folder, 'bin/preflight.mjs'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a TypeScript file behind the check, in a project that wants this Node. */
function start(wantedNode: string, { installed = true, env = {} } = {}) {
  const manifest = { type: 'module', devDependencies: { node: wantedNode } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'bin/main.ts'), 'console.log("it runs" satisfies string);');
  if (installed) mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  const args = ['--no-warnings', '--import', './bin/preflight.mjs', 'bin/main.ts'];
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
}

describe('the check before each script', () => {
  it('is before each script, which may come to run on any Node', () => {
    for (const script of Object.values(packageJson.scripts)) {
      expect(script).toMatch(
        /^node (--import \.\/bin\/preflight\.mjs |bin\/preflight\.mjs && |bin\/replies\.mjs )/,
      );
    }
  });

  it('says in one line what to do where the Node is too old', () => {
    const { status, stdout, stderr } = start('99.1.0');

    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`This needs Node 99 and runs on ${process.versions.node}`);
    expect(stderr).toContain('npm rebuild node --ignore-scripts=false');
  });

  it('says to run it through npm where the Node of the project is installed', () => {
    mkdirSync(path.join(folder, 'node_modules/node/bin'), { recursive: true });

    const { status, stderr } = start('99.1.0');

    expect(status).toBe(1);
    expect(stderr).toContain('run it through npm');
    expect(stderr).not.toContain('blocked');
  });

  it('says in one line what to do where nothing is installed', () => {
    expect(start('24.0.0', { installed: false })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'The packages are not installed: run npm ci first.\n',
    });
  });

  it('lets no stage be deployed but the one that was meant', () => {
    const env = { npm_lifecycle_event: 'deploy', npm_config_call: 'EnvironmentName=prod' };

    expect(start('24.0.0', { env })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('npm run deploy -- -c EnvironmentName=prod'),
    });
  });

  it('lets a Node through that is new enough', () => {
    expect(start('24.0.0')).toMatchObject({ status: 0, stdout: 'it runs\n', stderr: '' });
  });
});
