import path from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { keptLines, loggedNames } from '../../local/function-logs.ts';
import { CommandError, type Target } from '../command.ts';
import { nameOf } from '../target.ts';
import { takes } from './filter-pattern.ts';

/** The log of the API's requests; every other name is a function's. */
const requestLogs = ['api', 'streaming-api'];

/** All logs of the local cloud, in the order of time. */
const everyLog = 'all';

export interface LogQuery {
  /** A pattern of CloudWatch; the empty one takes every line. */
  pattern: string;
  /** In milliseconds since the epoch. */
  since: number;
  max: number;
}

/** Lines of a log, oldest first; undefined where there is no such log. */
export type ReadLog = (name: string, query: LogQuery) => Promise<string[] | undefined>;

/** By what a function may be called: as README and the console do, or as its construct and AWS do. */
export const logName = (name: string, { prefix, stage }: Target): string =>
  name
    .replace(new RegExp(`^${prefix}-(.+)-${stage}$`), '$1')
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();

/** Reads the logs of a deployment: the local cloud's from its data folder, also when nothing runs there. */
export const logsOf = (target: Target): ReadLog =>
  target.stage === 'local' ? localLogs(target, localLogFolder()) : cloudLogs(target);

export const localLogFolder = (): string =>
  path.resolve(process.env['DATA_DIR'] ?? '.local', 'logs');

export const localLogs =
  (target: Target, folder: string): ReadLog =>
  async (name, { pattern, since, max }) => {
    const names = name === everyLog ? loggedNames(folder) : [nameOf(target, name)];
    const found = names.flatMap((one) => {
      const lines = keptLines(folder, one);
      return lines
        ? [timed(lines).filter(({ at, line }) => at >= since && takes(pattern, line))]
        : [];
    });
    if (found.length === 0) return undefined;
    const inOrder = found.flat().sort((one, other) => one.at - other.at);
    return inOrder.slice(-max).map(({ line }) => line);
  };

/** A line that does not say when it was written was written with the one before it. */
function timed(lines: readonly string[]): { at: number; line: string }[] {
  let at = 0;
  return lines.map((line) => {
    at = timeOf(line) ?? at;
    return { at, line };
  });
}

const isoTime = /"(?:timestamp|time)":"([^"]+)"|^(\d{4}-\d\d-\d\dT[\d:.]+Z)/;

/** When a line was written, in milliseconds since the epoch; undefined where it does not say. */
export function timeOf(line: string): number | undefined {
  const [, ofMetrics] = /"Timestamp":(\d{13})/.exec(line) ?? [];
  if (ofMetrics) return Number(ofMetrics);
  const [, ofEntry, ofRuntime] = isoTime.exec(line) ?? [];
  const time = Date.parse(ofEntry ?? ofRuntime ?? '');
  return Number.isNaN(time) ? undefined : time;
}

export function cloudLogs(target: Target, client = new CloudWatchLogsClient({})): ReadLog {
  return async (name, { pattern, since, max }) => {
    const logGroupName = groupOf(target, name);
    const lines: string[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const page = await client.send(
          new FilterLogEventsCommand({
            logGroupName,
            startTime: since,
            ...(pattern && { filterPattern: pattern }),
            ...(nextToken && { nextToken }),
          }),
        );
        lines.push(...(page.events ?? []).map(({ message = '' }) => message.trimEnd()));
        nextToken = page.nextToken;
      } while (nextToken && lines.length < max);
    } catch (error) {
      const { name: kind, message } = error as Error;
      if (kind === 'ResourceNotFoundException') return undefined;
      if (kind !== 'InvalidParameterException') throw error;
      throw new CommandError(`CloudWatch does not take that: ${message}`);
    }
    return lines.slice(0, max);
  };
}

const groupOf = (target: Target, name: string): string =>
  `/aws/${requestLogs.includes(name) ? 'vendedlogs' : 'lambda'}/${nameOf(target, name)}`;
