import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The entries of npm start's data folder. */
const kept = new Set([
  'demo-key',
  'logs',
  'queues',
  'running.json',
  'running.lock',
  'secrets',
  'tables',
  'vendors',
]);

/** Creates a missing data folder. Its entries are made private to this user, also those of an earlier run. */
export function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = readdirSync(folder, { withFileTypes: true });
  const ours = entries.filter(({ name }) => kept.has(name));
  for (const entry of ours) {
    chmodSync(path.join(folder, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  // A folder that others use too, such as /tmp, keeps its own permissions.
  if (ours.length === entries.length) chmodSync(folder, 0o700);
}
