import { readFileSync } from 'node:fs';
import type { MailboxEmail } from '../../local/simulators/mailbox/email.ts';
import { seededRandom } from '../seeded-random.ts';
import { type MailOrder, withDeadlines } from './mail.ts';

/** Mail of public lists, oldest first; `parents` are indices below its own. */
interface ThreadMail {
  subject: string;
  body: string;
  parents: number[];
}

/** Real mail whose references are its dependencies, over again where there is not enough of it. */
export function realMail(order: Omit<MailOrder, 'shape'>): MailboxEmail[] {
  const threads = readThreads();
  const mail = Array.from({ length: order.count }, (_, index) => {
    const round = index - (index % threads.length);
    const { parents, ...text } = threads[index - round] ?? { parents: [], subject: '', body: '' };
    return { text, parents: parents.map((parent) => parent + round) };
  });
  return withDeadlines(
    mail.map(({ parents }) => parents),
    mail.map(({ text }) => text),
    order,
    seededRandom(order.seed ?? 1),
    order.idPrefix,
  );
}

/** How made and where from: `real-mail/README.md`. */
const readThreads = (): ThreadMail[] =>
  JSON.parse(readFileSync(new URL('./real-mail/threads.json', import.meta.url), 'utf8'));
