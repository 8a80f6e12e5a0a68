import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const runningFile = z.object({
  pid: z.int(),
  url: z.string(),
  twilio_url: z.string().nullable(),
  business_number: z.string(),
});

export type Running =
  | { kind: 'nothing' }
  | { kind: 'real Twilio' }
  | { kind: 'simulated'; twilioUrl: string; businessNumber: string };

/** What `npm start` has running, by the file that it keeps in its data folder meanwhile. */
export function findRunning(dataDir: string): Running {
  const file = readRunningFile(path.join(dataDir, 'running.json'));
  if (!file || !isAlive(file.pid)) return { kind: 'nothing' };
  if (file.twilio_url === null) return { kind: 'real Twilio' };
  const businessNumber = file.business_number.replace(/^whatsapp:/, '');
  return { kind: 'simulated', twilioUrl: file.twilio_url, businessNumber };
}

/** A file that is missing, or half written by a process that died, means that nothing runs. */
function readRunningFile(file: string) {
  try {
    return runningFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
