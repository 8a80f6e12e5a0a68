import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { occupy, runningIn } from '../../local/running.ts';
import { startProcess } from '../support/process.ts';
import { aRunningState } from '../support/running-state.ts';

const state = aRunningState();

function aFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'running-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Another process that takes the folder, tells of itself and stays. */
async function anotherProcess(folder: string) {
  const file = path.resolve(import.meta.dirname, '../../local/running.ts');
  const script = `const { occupy } = await import(${JSON.stringify(file)});
    occupy(${JSON.stringify(folder)}).publish({ ...${JSON.stringify(state)}, pid: process.pid });
    console.log('up');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const begun = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(begun[0])).toContain('up');
  return {
    pid: child.pid,
    async killed() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('a data folder', () => {
  it('belongs to one process, which the commands find', async () => {
    const folder = aFolder();

    const { pid } = await anotherProcess(folder);

    expect(runningIn(folder)).toMatchObject({ pid, url: state.url });
    expect(occupy(folder)).toBeUndefined();
  });

  it('is free once its process was killed, whoever has its pid by then', async () => {
    const folder = aFolder();
    const other = await anotherProcess(folder);

    await other.killed();
    writeFileSync(path.join(folder, 'running.json'), JSON.stringify(state));

    expect(runningIn(folder)).toBeUndefined();
    expect(occupy(folder)).toBeDefined();
  });

  it('tells nothing of an earlier process while the next one starts', async () => {
    const folder = aFolder();
    writeFileSync(path.join(folder, 'running.json'), JSON.stringify(state));

    const occupied = occupy(folder);
    onTestFinished(() => occupied?.leave());

    expect(runningIn(folder)).toBeUndefined();
  });

  it('is free again when its process has left', () => {
    const folder = aFolder();

    const first = occupy(folder);
    first?.publish(state);
    first?.leave();
    const second = occupy(folder);
    onTestFinished(() => second?.leave());

    expect(second).toBeDefined();
    expect(runningIn(folder)).toBeUndefined();
  });

  it('that is not there runs nothing', () => {
    expect(runningIn('/no/such/folder')).toBeUndefined();
  });
});

describe('npm start', () => {
  const failing = async (environment: Record<string, string>) => {
    const { ended, output } = await startProcess(environment);
    return { code: await ended, lines: output().trimEnd().split('\n') };
  };

  it('refuses a folder on which it runs already, in one line', async () => {
    const folder = aFolder();
    const { pid } = await anotherProcess(folder);

    const { code, lines } = await failing({ DATA_DIR: folder });

    expect(lines).toEqual([expect.stringContaining(`runs already on ${folder} (process ${pid})`)]);
    expect(code).toBe(1);
  });

  it('names a folder that it cannot write, in one line', async () => {
    const file = path.join(aFolder(), 'a-file');
    writeFileSync(file, '');

    const { code, lines } = await failing({ DATA_DIR: path.join(file, 'data') });

    expect(lines).toEqual([expect.stringContaining(`${file}/data cannot be written`)]);
    expect(lines.join()).toContain('DATA_DIR');
    expect(code).toBe(1);
  });
});
