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
  /** What opens them; of this start alone. */
  access_key_id: z.string(),
  secret_access_key: z.string(),
  /** The functions, with the environments that they run in; of secrets only that key is among them. */
  functions: z.array(deployedFunction),
});

/** What the commands need to find the process of `npm start`, and to be let in. */
export type RunningState = z.output<typeof runningState>;

/** A data folder that is this process's alone until it leaves or ends, however it ends. */
export interface Occupied {
  tell(state: RunningState): void;
  /** No command finds it any more; the folder stays taken. */
  hide(): void;
  leave(): void;
}

/** How long a command that just looks may hold the lock; far more than it does. */
const lookMs = 1_000;
const sqliteBusy = 5;

/** Takes the folder, which is made where it is missing and closed to other users; undefined when another process has it. */
export function occupy(dataDir: string): Occupied | undefined {
  ownFolder(dataDir);
  closeSync(openSync(lockFile(dataDir), 'a', 0o600));
  const lock = new DatabaseSync(lockFile(dataDir), { timeout: lookMs });
  if (!has(lock, 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')) {
    lock.close();
    return undefined;
  }
  const hide = () => rmSync(stateFile(dataDir), { force: true });
  // Of an earlier process that was killed.
  hide();
  return {
    tell: (state) => writeFileSync(stateFile(dataDir), JSON.stringify(state), { mode: 0o600 }),
    hide,
    leave() {
      hide();
      lock.close();
    },
  };
}

/** What to do where `runningIn` finds nothing. */
export const nothingRuns = (dataDir: string): string =>
  `Nothing is running on ${dataDir}: run npm start in another terminal, with the same DATA_DIR if you set one.`;

/** The process that has the folder and runs; undefined while none does. */
export function runningIn(dataDir: string): RunningState | undefined {
  if (!isOccupied(dataDir)) return undefined;
  try {
    return runningState.parse(JSON.parse(readFileSync(stateFile(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

const stateFile = (dataDir: string): string => path.join(dataDir, 'running.json');

/** An empty database, for SQLite's lock: the kernel takes it back from a process that is gone. */
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

/** Whether the statement gets the lock that it needs. */
function has(lock: DatabaseSync, statement: string): boolean {
  try {
    lock.exec(statement);
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === sqliteBusy) return false;
    throw error;
  }
}
