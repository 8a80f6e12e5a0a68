import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { goalsOf } from '../../bench/cold-start/goals.ts';
import type { Comparison } from '../../bench/cold-start/measure.ts';
import { median, ratioOf, startsInTurn } from '../../bench/cold-start/starts.ts';
import { projectRoot } from '../../lib/constructs/bundle.ts';

const aComparison = (name: string, loadMs: number, toQueueHandler?: number): Comparison => {
  const figures = { bytes: 1, loadMs: 1, peakMb: 1 };
  const ratio = { bytes: 1, loadMs, peakMb: 1 };
  const queue = toQueueHandler === undefined ? {} : { toQueueHandler };
  return { name, written: true, shipped: figures, naive: figures, ratio, ...queue };
};

describe('a start', () => {
  const bundle = (code: string, extension = 'cjs'): string => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'start-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, `bundle.${extension}`);
    writeFileSync(file, code);
    return file;
  };
  const waits = 'for (const end = performance.now() + 60; performance.now() < end; );';

  it('is of a fresh process, with either kind of module, and takes the time of the load', () => {
    const slow = bundle(`${waits} exports.handler = () => {};`);
    const module = bundle('export const handler = () => {};', 'mjs');

    const [slowStarts = [], moduleStarts = []] = startsInTurn([slow, module], 2);

    expect([slowStarts.length, moduleStarts.length]).toEqual([2, 2]);
    for (const { loadMs, peakMb } of slowStarts) {
      expect(loadMs).toBeGreaterThanOrEqual(60);
      expect(peakMb).toBeGreaterThan(20);
    }
    expect(ratioOf(moduleStarts, slowStarts, 'loadMs')).toBeLessThan(1);
  });

  it('of a bundle without a handler is refused', () => {
    expect(() => startsInTurn([bundle('exports.other = 1;')], 1)).toThrow();
  });

  it('is compared turn by turn', () => {
    const [ours, theirs] = [
      [2, 30, 4],
      [4, 60, 4],
    ].map((all) => all.map((loadMs) => ({ loadMs, peakMb: 1 })));

    expect(ratioOf(ours ?? [], theirs ?? [], 'loadMs')).toBe(0.5);
    expect(median([3, 1, 2, 10])).toBe(2.5);
  });
});

describe('the goals', () => {
  it('are held against what was measured, and left out where nothing was', () => {
    const goals = goalsOf([aComparison('whatsapp-replies/receive', 0.3, 1.2)]);

    expect(goals).toEqual([
      { says: 'receive / naive', atMost: 0.35, reached: 0.3 },
      { says: 'receive / a handler with only a queue', atMost: 1.15, reached: 1.2 },
    ]);
  });
});

describe('npm run bench', () => {
  it('names the benches', () => {
    const out = execFileSync(process.execPath, ['bin/replies.mjs', 'bench'], {
      cwd: projectRoot,
    }).toString();

    expect(out).toContain('  cold-start [what] ');
  });

  it('refuses a bench that is not there', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['bin/replies.mjs', 'bench', 'warm-start'],
      {
        cwd: projectRoot,
      },
    );

    expect(stderr.toString()).toContain('There is no "warm-start" of replies bench.');
    expect(status).toBe(2);
  });
});
