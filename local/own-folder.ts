import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** What npm start keeps in its data folder. */
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

/** Makes a data folder where it is missing, and closes what is kept in it to other users, if an earlier run left it open. */
export function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = readdirSync(folder, { withFileTypes: true });
  const ours = entries.filter(({ name }) => kept.has(name));
  for (const entry of ours) {
    chmodSync(path.join(folder, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  // A folder that others use too, such as /tmp, is not ours to close.
  if (ours.length === entries.length) chmodSync(folder, 0o700);
}
