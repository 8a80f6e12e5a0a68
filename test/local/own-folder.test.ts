import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { occupy } from '../../local/running.ts';
import { aRunningState } from '../support/running-state.ts';

function aFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'own-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Takes the folder as `npm start` does, until the test ends. */
function occupied(folder: string): void {
  const taken = occupy(folder);
  onTestFinished(() => taken?.leave());
  taken?.publish(aRunningState());
}

const modeOf = (...parts: string[]): string =>
  (statSync(path.join(...parts)).mode & 0o777).toString(8);

describe('a data folder, and the key to the stores in it', () => {
  it('is its owner’s alone from the first', () => {
    const folder = path.join(aFolder(), 'data');

    occupied(folder);

    expect(modeOf(folder)).toBe('700');
    expect(modeOf(folder, 'running.json')).toBe('600');
    expect(modeOf(folder, 'running.lock')).toBe('600');
  });

  it('is closed where an earlier run left it open', () => {
    const folder = aFolder();
    mkdirSync(path.join(folder, 'tables'), { mode: 0o755 });
    writeFileSync(path.join(folder, 'demo-key'), 're_live_…', { mode: 0o644 });
    chmodSync(folder, 0o755);

    occupied(folder);

    expect(modeOf(folder)).toBe('700');
    expect(modeOf(folder, 'tables')).toBe('700');
    expect(modeOf(folder, 'demo-key')).toBe('600');
  });

  it('stays open where it holds what is not ours; what is ours is closed all the same', () => {
    const folder = aFolder();
    mkdirSync(path.join(folder, 'vendors'), { mode: 0o755 });
    writeFileSync(path.join(folder, 'notes.txt'), '', { mode: 0o644 });
    chmodSync(folder, 0o755);

    occupied(folder);

    expect(modeOf(folder)).toBe('755');
    expect(modeOf(folder, 'notes.txt')).toBe('644');
    expect(modeOf(folder, 'vendors')).toBe('700');
    expect(modeOf(folder, 'running.json')).toBe('600');
  });
});
