import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { z } from 'zod';

/** One start of a fresh process with a bundle. */
export interface Start {
  loadMs: number;
  /** The most that the process held, Node itself included. */
  peakMb: number;
}

const printed = z.object({ loadMs: z.number().positive(), peakKb: z.number().positive() });

/** Linux counts the parent's memory into `maxRSS`, so its own high-water mark is read. */
const script = `
  const { existsSync, readFileSync } = require('node:fs');
  const file = process.argv[1];
  const load = file.endsWith('.mjs') ? () => import(file) : () => require(file);
  (async () => {
    const from = performance.now();
    const { handler } = await load();
    const loadMs = performance.now() - from;
    if (typeof handler !== 'function') throw new Error('no handler in ' + file);
    const status = '/proc/self/status';
    const own = existsSync(status) && /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync(status, 'utf8'));
    const peakKb = own ? Number(own[1]) : process.resourceUsage().maxRSS;
    console.log(JSON.stringify({ loadMs, peakKb }));
    process.exit();
  })();
`;

/** Loads the bundle in a fresh process, as a new Lambda environment does. */
function start(file: string): Start {
  const env = { PATH: process.env['PATH'], AWS_REGION: 'us-east-1' };
  const text = execFileSync(process.execPath, ['-e', script, file], {
    env,
    stdio: 'pipe',
  }).toString();
  const { loadMs, peakKb } = printed.parse(JSON.parse(text));
  return { loadMs, peakMb: peakKb / 1024 };
}

/** Starts the files in turn, that often each; the first turn warms the machine and is not counted. */
export function startsInTurn(files: string[], rounds: number): Start[][] {
  const turns = Array.from({ length: rounds + 1 }, () => files.map(start)).slice(1);
  return files.map((_, index) => turns.flatMap((turn) => turn[index] ?? []));
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [below, above] = [(sorted.length - 1) >> 1, sorted.length >> 1];
  return ((sorted[below] ?? NaN) + (sorted[above] ?? NaN)) / 2;
}

/** The median of the ratios turn by turn, which a machine that is slow for a while does not change. */
export const ratioOf = (ours: Start[], theirs: Start[], of: keyof Start): number =>
  median(ours.map((one, turn) => one[of] / (theirs[turn]?.[of] ?? NaN)));
