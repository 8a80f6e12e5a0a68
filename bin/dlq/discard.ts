import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { CommandError } from '../command.ts';
import { type DeadLetter, deleteLetter, giveBack, takeLetters } from './letters.ts';
import { countsOf, type DeadLetterQueue, type Sqs } from './queues.ts';

export interface DiscardOptions {
  queue: DeadLetterQueue;
  wanted: (letter: DeadLetter) => boolean;
  max?: number;
  /** Must not exist yet; only its owner may read it, because customers' words are in it. */
  file: string;
  signal: AbortSignal;
}

const visibilitySeconds = 60;

/** Deletes letters, each only after its copy is on the disk; how many. No letter that came later is taken. */
export async function discard(sqs: Sqs, options: DiscardOptions): Promise<number> {
  const { queue, signal, max = Number.POSITIVE_INFINITY } = options;
  const { waiting, out } = await countsOf(sqs, queue.url);
  const bound = Math.min(max, waiting + out + 10);
  const file = openCopy(options.file);
  const held = new Map<string, DeadLetter>();
  let discarded = 0;
  let copied = 0;
  try {
    while (discarded < bound && !signal.aborted) {
      const taken = await takeLetters(sqs, queue.url, visibilitySeconds);
      const fresh = taken.filter(({ id }) => !held.has(id));
      for (const letter of taken) held.set(letter.id, letter);
      if (fresh.length === 0) break;
      const chosen = fresh.filter(options.wanted).slice(0, bound - discarded);
      writeSync(file, chosen.map((letter) => `${JSON.stringify(copyOf(letter))}\n`).join(''));
      fsyncSync(file);
      copied += chosen.length;
      for (const letter of chosen) {
        await deleteLetter(sqs, queue.url, letter);
        held.delete(letter.id);
        discarded += 1;
      }
    }
  } finally {
    closeSync(file);
    if (copied === 0) rmSync(options.file);
    await giveBack(sqs, queue.url, [...held.values()]);
  }
  return discarded;
}

function openCopy(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as { code?: string };
    const why = code === 'EEXIST' ? 'is there already' : `cannot be written (${code})`;
    throw new CommandError(`${file} ${why}: name another by --file. Nothing was deleted.`);
  }
}

const copyOf = ({ id, group, sentAt, attributes, body }: DeadLetter) => ({
  message_id: id,
  ...(group !== undefined && { group }),
  sent_at: new Date(sentAt).toISOString(),
  attributes,
  body,
});
