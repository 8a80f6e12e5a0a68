import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { LogSink } from './cloud/function.ts';

/** A log of this size replaces the earlier one, so both together are at most twice as large. */
const maxBytes = 5 * 1024 * 1024;

const fileOf = (folder: string, name: string): string => path.join(folder, `${name}.log`);
const earlierOf = (file: string): string => `${file}.1`;

/** Writes each function's lines into a file of its own, which only its owner may read. */
export function functionLogs(folder: string, max = maxBytes): LogSink {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sizes = new Map<string, number>();
  return (name, line) => {
    const file = fileOf(folder, name);
    const text = `${line}\n`;
    const before = sizes.get(file) ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const bytes = Buffer.byteLength(text);
    const isFull = before > 0 && before + bytes > max;
    if (isFull) renameSync(file, earlierOf(file));
    appendFileSync(file, text, { mode: 0o600 });
    sizes.set(file, isFull ? bytes : before + bytes);
  };
}

/** All stored lines of a function, oldest first; undefined where it has no log. */
export function keptLines(folder: string, name: string): string[] | undefined {
  const file = fileOf(folder, name);
  const files = [earlierOf(file), file].filter((one) => existsSync(one));
  if (files.length === 0) return undefined;
  return files.flatMap((one) => readFileSync(one, 'utf8').split('\n').slice(0, -1));
}

/** The functions that have a log. */
export const loggedNames = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -4)] : []))
    : [];
