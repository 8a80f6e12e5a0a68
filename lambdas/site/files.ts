import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SiteFile } from './work/publish.ts';

/** Every file below a folder. */
export async function filesIn(folder: string): Promise<SiteFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const key = path.relative(folder, file).split(path.sep).join('/');
        return { key, contents: await readFile(file) };
      }),
  );
}
