import type { LogSink } from './cloud/function.ts';
import { readableError } from './cloud/runtime-lines.ts';
import { functionLogs } from './function-logs.ts';
import { sanitizeForTerminal, sanitizeLinesForTerminal } from './sanitize-for-terminal.ts';

const colours = { DEBUG: 90, INFO: 36, WARN: 33, ERROR: 31, CRITICAL: 35 } as const;

/** Fields that every line has and that are of no interest on one machine. */
const dull = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);

/** Prints the functions' JSON lines in a readable form; the full lines go into a file per function. */
export function consoleSink(folder: string, stream: NodeJS.WriteStream): LogSink {
  const keep = functionLogs(folder);
  const coloured = stream.isTTY && !process.env['NO_COLOR'];
  return (functionName, line) => {
    keep(functionName, line);
    const shown = readableLine(line, coloured);
    if (shown) stream.write(`${shown}\n`);
  };
}

/** The line for a person, sanitized for the terminal; undefined for one that is not shown, such as a metric. */
export function readableLine(line: string, coloured: boolean): string | undefined {
  const entry = parse(line);
  if (!entry) return sanitizeLinesForTerminal(readableError(line) ?? line);
  if (!('level' in entry)) return undefined;
  const level = String(entry['level']) as keyof typeof colours;
  const paint = (text: string) =>
    coloured ? `\u001b[${colours[level] ?? 0}m${text}\u001b[0m` : text;
  const rest = Object.entries(entry)
    .filter(([name, value]) => !dull.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? withoutFrames(value) : value}`);
  const time = sanitizeForTerminal(String(entry['timestamp']).slice(11, 19));
  const label = sanitizeForTerminal(`${level.padEnd(5)} ${String(entry['service']).padEnd(7)}`);
  const words = sanitizeForTerminal(`${entry['message']} ${rest.join(' ')}`);
  return `${time} ${paint(label)} ${words}`.trimEnd();
}

/** Without the stack, which is in the file: places in a bundle mean nothing to a person. */
const withoutFrames = (value: unknown): string =>
  JSON.stringify(value, (name, part) => (name === 'frames' ? undefined : part));

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
