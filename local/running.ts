import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { deployedFunction } from './cloud/deployed-function.ts';
import { ownFolder } from './own-folder.ts';

const runningState = z.object({
  pid: z.int(),
  url: z.string(),
  /** Null when it talks to the real Twilio. */
  twilio_url: z.string().nullable(),
  /** Null when the emails come from a mailbox that is configured. */
  mailbox_url: z.string().nullable(),
  business_number: z.string(),
  dynamodb_url: z.string(),
  sqs_url: z.string(),
  /** Their credentials, which are new at each start. */
  access_key_id: z.string(),
  secret_access_key: z.string(),
  /** The functions with their environment variables; the only secret in these is that access key. */
  functions: z.array(deployedFunction),
});

/** How the commands reach the process of `npm start`, with the credentials that it accepts. */
export type RunningState = z.output<typeof runningState>;

/** A data folder that only this process uses, until it leaves or ends in any way. */
export interface Occupied {
  publish(state: RunningState): void;
  /** Commands no longer find the process; the folder stays locked. */
  hide(): void;
  leave(): void;
}

/** How long to wait for a command that only checks the lock; it holds it far shorter. */
const lookMs = 1_000;
const sqliteBusy = 5;

/** Locks the folder, which is created where it is missing and private to this user; undefined when another process has it. */
export function occupy(dataDir: string): Occupied | undefined {
  ownFolder(dataDir);
  closeSync(openSync(lockFile(dataDir), 'a', 0o600));
  const lock = new DatabaseSync(lockFile(dataDir), { timeout: lookMs });
  if (!has(lock, 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')) {
    lock.close();
    return undefined;
  }
  const hide = () => rmSync(stateFile(dataDir), { force: true });
  // A killed process leaves its state behind.
  hide();
  return {
    publish: (state) => writeFileSync(stateFile(dataDir), JSON.stringify(state), { mode: 0o600 }),
    hide,
    leave() {
      hide();
      lock.close();
    },
  };
}

/** The message where `runningIn` finds nothing. */
export const nothingRuns = (dataDir: string): string =>
  `Nothing is running on ${dataDir}: run npm start in another terminal, with the same DATA_DIR if you set one.`;

/** The process that has locked the folder and is running; undefined without one. */
export function runningIn(dataDir: string): RunningState | undefined {
  if (!isOccupied(dataDir)) return undefined;
  try {
    return runningState.parse(JSON.parse(readFileSync(stateFile(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

const stateFile = (dataDir: string): string => path.join(dataDir, 'running.json');

/** An empty database, for SQLite's lock, which the kernel releases when the process ends. */
const lockFile = (dataDir: string): string => path.join(dataDir, 'running.lock');

function isOccupied(dataDir: string): boolean {
  try {
    const lock = new DatabaseSync(lockFile(dataDir), { readOnly: true });
    const free = has(lock, 'SELECT count(*) FROM sqlite_master');
    lock.close();
    return !free;
  } catch {
    return false;
  }
}

/** Whether the statement gets its lock. */
function has(lock: DatabaseSync, statement: string): boolean {
  try {
    lock.exec(statement);
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === sqliteBusy) return false;
    throw error;
  }
}
