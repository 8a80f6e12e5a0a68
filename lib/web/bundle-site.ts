import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bundleOf, projectRoot } from '../constructs/bundle.ts';
import { bundleWeb } from '../constructs/bundle-web.ts';
import { replaceFile } from '../constructs/kept-bundles.ts';

/** What is served, below the project's root; each file's path here is its path there. */
export const siteFolder = path.join('dist', 'web');

/** Of the function that publishes it: what it publishes is part of its bundle. */
const bundle = bundleOf('site', 'site-publish');

/** Paths below the folder, with slashes; what is no part of the site, such as the state of its build, is left out. */
export const siteFiles = (root = projectRoot): string[] =>
  globSync('*/**/*.*', { cwd: path.join(root, siteFolder) })
    .map((file) => file.split(path.sep).join('/'))
    .sort();

/** Makes the site, and puts it into the bundle of the function that publishes it. */
export async function bundleSite(): Promise<void> {
  await bundleWeb();
  const files = siteFiles();
  for (const file of files) {
    replaceFile(
      path.join(bundle, 'site', file),
      readFileSync(path.join(projectRoot, siteFolder, file)),
    );
  }
  for (const file of globSync('**/*.*', { cwd: path.join(bundle, 'site') })) {
    const isThere = existsSync(path.join(projectRoot, siteFolder, file));
    if (!isThere) rmSync(path.join(bundle, 'site', file), { force: true });
  }
}

/** Another one for each other content of the site. */
export function siteVersion(): string {
  const hash = createHash('sha256');
  for (const file of siteFiles()) {
    hash.update(`${file}\0`).update(readFileSync(path.join(projectRoot, siteFolder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
