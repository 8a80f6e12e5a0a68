import { onTestFinished, vi } from 'vitest';
import type { Log, Meter } from '../../lambdas/shared/log.ts';

type Level = 'debug' | 'info' | 'warn' | 'error' | 'critical';

export interface LogLine {
  level: Level;
  message: string;
  details: Record<string, unknown>;
}

/** A log that keeps its lines. */
export interface RecordedLog extends Log {
  readonly lines: LogLine[];
  at(level: Level): LogLine[];
  /** The lines that have these words in their message or details. */
  saying(words: string): LogLine[];
  /** All lines as one text, for what must be in it and what must not. */
  text(): string;
}

export function recordedLog(): RecordedLog {
  const lines: LogLine[] = [];
  const writes =
    (level: Level): Log['info'] =>
    (input, ...extra) => {
      const { message, ...first } = typeof input === 'string' ? { message: input } : input;
      lines.push({ level, message, details: Object.assign(first, ...extra.map(asDetails)) });
    };
  return {
    lines,
    at: (level) => lines.filter((line) => line.level === level),
    saying: (words) => lines.filter((line) => JSON.stringify(line).includes(words)),
    text: () => lines.map((line) => JSON.stringify(line)).join('\n'),
    debug: writes('debug'),
    info: writes('info'),
    warn: writes('warn'),
    error: writes('error'),
    critical: writes('critical'),
  };
}

/** As Powertools writes it: of an error also its message and stack. */
function asDetails(part: unknown): object {
  if (typeof part === 'string') return { extra: part };
  if (!(part instanceof Error)) return Object(part);
  return { error: { name: part.name, message: part.message, stack: part.stack } };
}

const consoleMethods = ['debug', 'info', 'log', 'warn', 'error'] as const;

/** What is written to the console while the test runs, each call one line; it is not shown. */
export function recordedConsole(...methods: (typeof consoleMethods)[number][]): string[] {
  const lines: string[] = [];
  for (const method of methods.length > 0 ? methods : consoleMethods) {
    const spy = vi.spyOn(console, method);
    spy.mockImplementation((...parts) => void lines.push(parts.join(' ')));
    onTestFinished(() => spy.mockRestore());
  }
  return lines;
}

/** A meter that keeps what it is told. */
export interface RecordedMeter extends Meter {
  /** The sum of each counter. */
  readonly counts: Record<string, number>;
  /** What was timed, in seconds, each by each. */
  readonly times: Record<string, number[]>;
}

export function recordedMeter(): RecordedMeter {
  const counts: Record<string, number> = {};
  const times: Record<string, number[]> = {};
  return {
    counts,
    times,
    count(name, by = 1) {
      counts[name] = (counts[name] ?? 0) + by;
    },
    seconds(name, seconds) {
      times[name] = [...(times[name] ?? []), seconds];
    },
    flush: () => {},
  };
}
