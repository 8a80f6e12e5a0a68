import type { MailboxEmail } from '../../local/simulators/mailbox/email.ts';
import { seededRandom } from '../seeded-random.ts';
import { deadlinesOf, type Pace } from './deadlines.ts';
import { dependencyGraph, type Shape } from './graphs.ts';
import { customerMail } from './wording.ts';

/** What the emails of a run are to be like. */
export interface MailOrder extends Pace {
  count: number;
  /** `mixed` by default. */
  shape?: Shape;
  /** 1 by default. */
  seed?: number;
  /** Comes before the number in each id; `e` by default. */
  idPrefix?: string;
}

/** The emails of a run, in an order that has nothing to do with their dependencies; the same for the same order. */
export function makeMail(order: MailOrder): MailboxEmail[] {
  const { shape = 'mixed', count, seed = 1 } = order;
  const random = seededRandom(seed);
  const graph = dependencyGraph(shape, count, random);
  const texts: { subject: string; body: string }[] = [];
  for (const dependencies of graph) {
    const earlier = dependencies.map((index) => texts[index]?.subject ?? '');
    texts.push(customerMail(earlier, random));
  }
  return withDeadlines(graph, texts, order, random, order.idPrefix);
}

/** Gives texts, and the indices that each depends on, their ids, deadlines and an arbitrary order. */
export function withDeadlines(
  graph: readonly number[][],
  texts: readonly { subject: string; body: string }[],
  pace: Pace,
  random: () => number,
  idPrefix = 'e',
): MailboxEmail[] {
  const idOf = (index: number) => `${idPrefix}${index + 1}`;
  const deadlines = deadlinesOf(graph, pace, random);
  const emails = texts.map(({ subject, body }, index) => ({
    email_id: idOf(index),
    subject,
    body,
    deadline: Math.ceil(deadlines[index] ?? 0) / 1000,
    dependencies: asListOrText((graph[index] ?? []).map(idOf), random),
  }));
  return shuffled(emails, random);
}

function asListOrText(ids: string[], random: () => number): string[] | string {
  if (random() < 0.5) return ids;
  return ids.join(random() < 0.5 ? ',' : ', ');
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
