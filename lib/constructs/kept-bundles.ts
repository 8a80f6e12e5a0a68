import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Which files the bundles that are there were made of, themselves included, and how these were then. */
export function keptState(stateFile: string): { files: string[]; state: string } | undefined {
  return existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : undefined;
}

/** These files as they are; those that are in `known`, as they were then. */
export const stateOf = (
  root: string,
  files: readonly string[],
  known?: Map<string, string>,
): string =>
  [...stampsOf(root, files)]
    .map(([file, stamp]) => `${file} ${known?.get(file) ?? stamp}`)
    .join('\n');

/** When each of these files was written, and how long it is; a file that is not there differs from any other. */
export const stampsOf = (root: string, files: readonly string[]): Map<string, string> =>
  new Map(
    files.map((file) => {
      const found = statSync(path.join(root, file), { throwIfNoEntry: false });
      return [file, `${found?.mtimeMs} ${found?.size}`];
    }),
  );

/** Whole or not at all, because another process may be reading the same bundle. */
export function replaceFile(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, contents);
  renameSync(whole, file);
}
