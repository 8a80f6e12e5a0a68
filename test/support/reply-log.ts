import type { Log, Meter } from '../../lambdas/runtime/log.ts';

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
}

export function recordingMeter(): RecordingMeter {
  const counts: Record<string, number> = {};
  return {
    counts,
    count: (name, by = 1) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
    seconds: () => undefined,
    flush: () => undefined,
  };
}
