import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** From the project's root, with forward slashes: `lambdas/shared/env.ts`. */
  file: string;
  text: string;
  /** What it imports: files of the project by their path from its root, packages by their names. */
  imports: string[];
}

/** The TypeScript files of these folders. */
export function sourcesOf(...folders: string[]): SourceFile[] {
  const patterns = folders.map((folder) => `${folder}/**/*.{ts,tsx}`);
  const isOurs = (found: string) => !found.split(path.sep).includes('node_modules');
  return globSync(patterns, { cwd: root })
    .filter(isOurs)
    .map((found) => {
      const file = found.split(path.sep).join('/');
      const text = readFileSync(path.join(root, file), 'utf8');
      return { file, text, imports: importsOf(file, text) };
    });
}

const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g;

function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(importPattern)].map(([, name = '']) =>
    name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name,
  );
}

/** `from → imported` for every import of these files that matches. */
export const importsThat = (
  sources: SourceFile[],
  matches: (imported: string, file: string) => boolean,
): string[] =>
  sources.flatMap(({ file, imports }) =>
    imports.filter((one) => matches(one, file)).map((one) => `${file} → ${one}`),
  );
