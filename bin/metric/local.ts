import { CommandError } from '../command.ts';
import { localLogFolder, localLogs, timeOf } from '../logs/read.ts';
import { type Figures, type Point, periodSeconds } from './figures.ts';
import { aboutMetric, type Statistic } from './names.ts';

/** What Lambda counts as an error: each is a line of the runtime's own. */
const errorLines = '?"Invoke Error" ?"Uncaught Exception" ?"Task timed out" ?"Runtime exited"';

/** The same figures of the local cloud, from its functions' logs, where each metric is a line. */
export async function localFigures(figures: Figures, folder = localLogFolder()): Promise<Point[]> {
  const { statistic, since, until } = figures;
  const periods = new Map<number, number[]>();
  const periodMs = periodSeconds * 1_000;
  for (const { at, values } of await measured(figures, folder)) {
    if (at < since || at > until) continue;
    const start = Math.floor(at / periodMs) * periodMs;
    periods.set(start, [...(periods.get(start) ?? []), ...values]);
  }
  return [...periods]
    .sort(([a], [b]) => a - b)
    .map(([start, values]) => ({
      time: new Date(start).toISOString(),
      value: taken(statistic, values),
    }));
}

interface Measured {
  at: number;
  values: number[];
}

async function measured({ metric, of, target, since }: Figures, folder: string) {
  const read = localLogs(target, folder);
  const query = { since, max: Number.POSITIVE_INFINITY };
  if (aboutMetric(metric).of === 'deployment') {
    const lines = (await read('all', { ...query, pattern: metric })) ?? [];
    return lines.flatMap((line) => measuredIn(line, metric));
  }
  if (metric !== 'Errors' || of === undefined) {
    throw new CommandError(
      `The local cloud does not count ${metric}: npx replies dlq list shows what waits, npx replies logs what failed.`,
    );
  }
  const lines = (await read(of, { ...query, pattern: errorLines })) ?? [];
  return lines.map((line): Measured => ({ at: timeOf(line) ?? since, values: [1] }));
}

/** The values of a metric that a line of the embedded metric format has. */
function measuredIn(line: string, metric: string): Measured[] {
  if (!line.startsWith('{"_aws"')) return [];
  const entry = JSON.parse(line) as Record<string, unknown> & { _aws: { Timestamp: number } };
  const values = [entry[metric] ?? []].flat().filter((value) => typeof value === 'number');
  return values.length > 0 ? [{ at: entry._aws.Timestamp, values }] : [];
}

function taken(statistic: Statistic, values: readonly number[]): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Sum':
      return sum();
    case 'Average':
      return sum() / values.length;
    case 'Maximum':
      return Math.max(...values);
    default: {
      const share = Number(statistic.slice(1)) / 100;
      const rank = Math.max(0, Math.ceil(share * values.length) - 1);
      return values.toSorted((a, b) => a - b)[rank] ?? 0;
    }
  }
}
