import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './command.ts';

/** Aborted by the first Ctrl-C; the second ends the process at once, which loses nothing either. */
export function stopOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}

/** Ends early where the signal is given. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** On a terminal one line that changes, else a line for every hundred. */
export function showProgress(redriven: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${redriven} sent back …`);
  else if (redriven % 100 === 0) console.error(`${redriven} sent back …`);
}

/** Clears that line. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

/** Throws a CommandError unless a person says yes. */
export async function confirmed(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      'There is no terminal to ask for confirmation: add --yes to delete them.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('Nothing was deleted.');
}
