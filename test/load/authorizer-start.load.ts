import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleLambdas, bundleOf } from '../../lib/constructs/bundle.ts';
import { bundleOneItemHandler } from '../support/baseline.ts';

const starts = 21;

/** Milliseconds that a fresh process takes to load a bundle. */
function loadMs(file: string): number {
  const script = `const from = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - from)`;
  const environment = { PATH: process.env['PATH'], AWS_REGION: 'us-east-1' };
  return Number(execFileSync(process.execPath, ['-e', script], { env: environment }).toString());
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

describe('the authorizer', () => {
  it('loads in at most 1.3 of the time of a handler that reads one item', async () => {
    await bundleLambdas();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'authorizer-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const baseline = path.join(folder, 'one-item.cjs');
    writeFileSync(baseline, await bundleOneItemHandler());
    const authorizer = path.join(bundleOf('administration', 'authorizer'), 'index.js');

    const times = Array.from(
      { length: starts },
      () => [loadMs(baseline), loadMs(authorizer)] as const,
    );

    const [ofBaseline, ofAuthorizer] = [0, 1].map((side) =>
      median(times.map((pair) => pair[side] ?? NaN)),
    );
    const ratio = (ofAuthorizer ?? NaN) / (ofBaseline ?? NaN);
    console.log(
      `authorizer / one-item handler: ${ratio.toFixed(2)} (${ofAuthorizer?.toFixed(0)} / ${ofBaseline?.toFixed(0)} ms)`,
    );
    expect(ratio).toBeLessThanOrEqual(1.3);
  });
});
