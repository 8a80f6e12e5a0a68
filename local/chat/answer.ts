import { createInterface } from 'node:readline/promises';
import type { Outgoing, Phone } from './phone.ts';
import { Progress } from './progress.ts';
import { type Outcome, stopped, takeTurn } from './turn.ts';

export interface Terminal {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

const quietMs = 1500;

/** Sends one message, prints its replies, and says whether it got what it may expect. */
export async function answerOne(
  phone: Phone,
  message: Outgoing,
  timeoutSeconds: number,
  { stdout, stderr }: Terminal,
): Promise<boolean> {
  const progress = new Progress(stderr);
  const timeout = { replyMs: timeoutSeconds * 1000, quietMs };
  const outcome = await takeTurn(phone, message, timeout, (event) => {
    if (progress.see(event)) stderr.write(`${progress.text}\n`);
  });
  if (outcome.kind === 'replied') stdout.write(`${outcome.replies.join('\n')}\n`);
  else stderr.write(`${complaint(outcome, timeoutSeconds)}\n`);
  return outcome.kind === 'replied' || outcome.kind === 'stopped';
}

/** Each line of stdin is a message, sent when the one before is answered; ends at the first that is not. */
export async function answerLines(
  phone: Phone,
  timeoutSeconds: number,
  terminal: Terminal,
): Promise<boolean> {
  let answered = 0;
  for await (const line of createInterface({ input: terminal.stdin })) {
    if (line.trim() === '') continue;
    if (!(await answerOne(phone, { body: line }, timeoutSeconds, terminal))) return false;
    answered += 1;
  }
  if (answered === 0) terminal.stderr.write('There is no message: give a text, or lines.\n');
  return answered > 0;
}

function complaint(outcome: Exclude<Outcome, { kind: 'replied' }>, timeoutSeconds: number): string {
  switch (outcome.kind) {
    case 'refused':
      return outcome.reason;
    case 'stopped':
      return stopped;
    case 'silent':
      return `No reply within ${timeoutSeconds} seconds to ${outcome.messageSid}: npx replies logs reply-processor says why, if something failed. An earlier message of the same number may hold it up (--from writes as another), and who has written STOP gets none until START.`;
    default:
      return outcome satisfies never;
  }
}
