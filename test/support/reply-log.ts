import type { Log, Meter } from '../../lambdas/shared/log.ts';

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error' | 'critical';
  message: string;
  details: Record<string, unknown>;
}

export interface RecordingLog extends Log {
  readonly lines: LogLine[];
  at(level: LogLine['level']): LogLine[];
}

export function recordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const writes =
    (level: LogLine['level']): Log['info'] =>
    (input, ...extra) => {
      const message = typeof input === 'string' ? input : input.message;
      const details = Object.assign({}, ...extra.filter((one) => typeof one === 'object'));
      lines.push({ level, message, details });
    };
  return {
    lines,
    at: (level) => lines.filter((line) => line.level === level),
    debug: writes('debug'),
    info: writes('info'),
    warn: writes('warn'),
    error: writes('error'),
    critical: writes('critical'),
  };
}

export interface RecordingMeter extends Meter {
  /** The sum of each counter. */
  readonly counts: Record<string, number>;
  /** What was timed, in seconds, each by each. */
  readonly times: Record<string, number[]>;
}

export function recordingMeter(): RecordingMeter {
  const counts: Record<string, number> = {};
  const times: Record<string, number[]> = {};
  return {
    counts,
    times,
    count: (name, by = 1) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
    seconds: (name, seconds) => {
      times[name] = [...(times[name] ?? []), seconds];
    },
    flush: () => undefined,
  };
}
